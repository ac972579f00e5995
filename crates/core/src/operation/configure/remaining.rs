use tokio::time::{Instant, timeout_at};

use super::super::Operations;
use super::super::patience::no_answer;
use crate::store::{QueueCounts, StoreError};

impl Operations {
    /// How many tasks a queue has; none if the store has never known any of it.
    pub(super) async fn counts_of(&self, queue: &str, until: Instant) -> Result<Option<QueueCounts>, StoreError> {
        let counts = timeout_at(until, self.stores.tasks.counts()).await;
        let counts = counts.unwrap_or_else(|_| Err(no_answer("counts")))?;
        Ok(counts.into_iter().find(|counts| counts.queue == queue))
    }
}
