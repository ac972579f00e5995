//! Listing queues, creating and changing them.

use tokio::time::Instant;

use super::super::Operations;
use super::super::patience::ANSWER_WITHIN;
use crate::model::Queue;
use crate::routing::RoutingError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is a queue `{0}` already")]
    Exists(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

impl Operations {
    /// All queues, by name, as they are now.
    pub async fn list_queues(&self) -> Result<Vec<Queue>, RoutingError> {
        self.ask_routing("list queues", Instant::now() + ANSWER_WITHIN, self.stores.routing.queues()).await
    }

    /// Creates a queue, unless there is one of this name.
    pub async fn create_queue(&self, queue: Queue) -> Result<Queue, Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        let now = self.now_until(until).await?;
        if !self.change("create queue", until, self.stores.routing.create_queue(&queue, now)).await? {
            return Err(Error::Exists(queue.name));
        }
        tracing::info!(event = "queue_created", queue = %queue.name);
        Ok(queue)
    }

    /// Changes a queue, or creates it; answers how it is then. It stays paused or not as it was unless that is said.
    pub async fn put_queue(&self, queue: Queue, paused: Option<bool>) -> Result<Queue, Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        let now = self.now_until(until).await?;
        let put = self.stores.routing.put_queue(&queue, paused, now);
        let (queue, created) = self.change("change queue", until, put).await?;
        tracing::info!(event = if created { "queue_created" } else { "queue_changed" }, queue = %queue.name);
        Ok(queue)
    }
}
