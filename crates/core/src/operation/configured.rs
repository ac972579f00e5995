use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Operations;
use crate::routing::{RoutingError, Snapshot};

/// Longest reading of the SQL store, so that an operation has time left for the store of tasks.
const READ_WITHIN: Duration = Duration::from_millis(800);

impl Operations {
    /// Queues and roles, not older than a second while the SQL store answers.
    pub(super) async fn configured(&self) -> Result<Arc<Snapshot>, RoutingError> {
        self.configured.get(self.read_configured()).await
    }

    async fn read_configured(&self) -> Result<Snapshot, RoutingError> {
        let routing = &self.stores.routing;
        let no_answer = |_| {
            let detail = "no answer in time".into();
            Err(RoutingError::Unavailable { operation: "read queues", place: routing.place().to_owned(), detail })
        };
        timeout(READ_WITHIN, routing.snapshot()).await.unwrap_or_else(no_answer)
    }
}
