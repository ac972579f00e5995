use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::Operations;
use super::super::bulk::{Error, IN_FLIGHT, each_once, of_step};
use super::super::patience::{Pulse, once_while};
use crate::model::TaskId;
use crate::store::{DiscardOutcome, MAX_BATCH, StoreError};

/// What was taken out of the dead letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discarded {
    /// In the order in which they were named first. What was no dead letter is not among them.
    pub ids: Vec<TaskId>,
}

impl Operations {
    /// Takes dead letters (at most [`MAX_IDS`](super::super::bulk::MAX_IDS)) out of the dead letter queue: they are
    /// failed tasks like any other then.
    pub async fn discard(&self, ids: &[TaskId]) -> Result<Discarded, Error> {
        let ids = each_once(ids);
        let pulse = &Pulse::begin(Duration::ZERO);
        let steps: Vec<_> = ids.chunks(MAX_BATCH).map(|step| self.discard_step(step, pulse)).collect();
        let many = steps.len() > 1;
        let discarded: Vec<Vec<TaskId>> = stream::iter(steps)
            .buffered(IN_FLIGHT)
            .try_collect()
            .await
            .map_err(|source| of_step(source, ids.len(), many))?;
        let discarded = discarded.concat();
        tracing::info!(event = "discarded", asked = ids.len(), tasks = discarded.len());
        Ok(Discarded { ids: discarded })
    }

    /// Those of at most [`MAX_BATCH`] tasks that were dead letters. Sent once only: a second step would not tell those
    /// that the first one took from those that never were.
    async fn discard_step(&self, ids: &[TaskId], pulse: &Pulse) -> Result<Vec<TaskId>, StoreError> {
        let outcomes = once_while("discard", pulse, self.stores.tasks.discard(ids)).await?;
        if outcomes.len() != ids.len() {
            let detail = format!("{} answers for {} tasks", outcomes.len(), ids.len());
            return Err(StoreError::Broken { operation: "discard", detail });
        }
        let taken = ids.iter().zip(outcomes).filter(|(_, outcome)| *outcome == DiscardOutcome::Discarded);
        Ok(taken.map(|(id, _)| *id).collect())
    }
}
