//! Whether submissions and queries would be answered.

use std::time::Duration;

use tokio::time::timeout;

use super::{Operations, patience};
use crate::model::ProcessKind;
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

/// What is not as it should be although everything would be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    #[error(
        "no scheduler is alive: scheduled tasks and retries do not start, and tasks of dead workers stay where they \
         are; start jobbers_scheduler"
    )]
    NoScheduler,
}

/// Longest look for what is only worth a warning.
const LOOK_WITHIN: Duration = Duration::from_millis(500);

impl Operations {
    /// Asks the stores. A store of queues that has answered once may be away: what it said is kept.
    pub async fn ready(&self) -> Result<Vec<Warning>, Error> {
        let stores = async {
            patience::within("check", self.stores.tasks.now()).await?;
            self.queue_names().await?;
            Ok::<_, Error>(())
        };
        let (stores, scheduler) = tokio::join!(stores, timeout(LOOK_WITHIN, self.scheduler_alive()));
        stores?;
        // What is not known is no reason to warn.
        let missing = matches!(scheduler, Ok(Ok(false)));
        Ok(missing.then_some(Warning::NoScheduler).into_iter().collect())
    }

    /// Whether any scheduler is alive.
    pub async fn scheduler_alive(&self) -> Result<bool, StoreError> {
        let live = patience::within("list workers", self.stores.tasks.live()).await?;
        Ok(live.iter().any(|live| live.process.kind == ProcessKind::Scheduler))
    }
}
