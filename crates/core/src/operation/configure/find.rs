//! One queue by its name.

use tokio::time::Instant;

use super::super::Operations;
use super::super::patience::ANSWER_WITHIN;
use super::UnknownQueue;
use crate::model::Queue;
use crate::routing::RoutingError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    NotFound(#[from] UnknownQueue),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

impl Operations {
    /// One queue, as it is now.
    pub async fn queue(&self, name: &str) -> Result<Queue, Error> {
        self.queue_until(name, Instant::now() + ANSWER_WITHIN).await
    }

    pub(super) async fn queue_until(&self, name: &str, until: Instant) -> Result<Queue, Error> {
        let queue = self.ask_routing("look at queue", until, self.stores.routing.queue(name)).await?;
        match queue {
            Some(queue) => Ok(queue),
            None => Err(self.no_queue(name, until).await?.into()),
        }
    }

    /// That there is no such queue, and which there are.
    pub(super) async fn no_queue(&self, name: &str, until: Instant) -> Result<UnknownQueue, RoutingError> {
        let queues = self.ask_routing("list queues", until, self.stores.routing.queues()).await?;
        let existing = queues.into_iter().map(|queue| queue.name).collect();
        Ok(UnknownQueue::Named { queue: name.to_owned(), existing })
    }
}
