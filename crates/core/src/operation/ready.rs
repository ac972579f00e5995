//! Whether submissions and queries would be answered.

use super::{Operations, patience};
use crate::routing::RoutingError;
use crate::store::StoreError;

/// A store that is needed did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

impl Operations {
    /// Asks the stores. A store of queues that has answered once may be away: what it said is kept.
    pub async fn ready(&self) -> Result<(), Error> {
        patience::within("check", self.stores.tasks.now()).await?;
        self.queue_names().await?;
        Ok(())
    }
}
