//! Stopping and starting the claims from a queue.

use tokio::time::Instant;

use super::super::Operations;
use super::super::patience::ANSWER_WITHIN;
use super::find::Error;
use crate::model::Queue;

impl Operations {
    /// Pauses a queue, or lets it go on; answers how it is then. What runs goes on in any case. Asking again changes
    /// nothing.
    pub async fn set_paused(&self, name: &str, paused: bool) -> Result<Queue, Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        let operation = if paused { "pause queue" } else { "resume queue" };
        if !self.change(operation, until, self.stores.routing.set_paused(name, paused)).await? {
            return Err(self.no_queue(name, until).await?.into());
        }
        tracing::info!(event = if paused { "queue_paused" } else { "queue_resumed" }, queue = name);
        self.queue_until(name, until).await
    }
}
