//! Running a task again, or now.

use rand::random;
use tokio::time::Instant;

use super::bulk::{Outcome, Wish};
use super::patience::{ANSWER_WITHIN, persist};
use super::{Operations, get, patience};
use crate::model::{Status, Task, TaskId};
use crate::store::{AgainOutcome, Resubmit, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no task {0}")]
    NotFound(TaskId),
    #[error("task {id} is {status} and cannot be resubmitted: only failed, stalled, cancelled and dropped tasks can")]
    NotEnded { id: TaskId, status: Status },
    #[error("task {id} cannot be resubmitted: there is no queue `{queue}` (any more); create it first")]
    QueueGone { id: TaskId, queue: String },
    #[error("task {id} is {status} and cannot be run ahead of its time: only scheduled tasks can")]
    NotScheduled { id: TaskId, status: Status },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operations {
    /// Makes a failed, stalled, cancelled or dropped task wait again, with all its retries; answers it as it is then.
    pub async fn resubmit(&self, id: TaskId) -> Result<Task, Error> {
        let resubmit = Resubmit { ids: vec![id], reset_failures: true, only_dead: false, request: random() };
        let until = Instant::now() + ANSWER_WITHIN;
        let task = self.look_until(id, until).await?;
        if is_resubmittable(task.status) && self.is_gone(&task.queue).await {
            return Err(Error::QueueGone { id, queue: task.queue });
        }
        let outcomes = persist("resubmit", until, || self.stores.tasks.resubmit(&resubmit)).await?;
        match outcomes.first() {
            Some(AgainOutcome::Applied) => {
                tracing::info!(event = "resubmitted", task_id = %id);
                Ok(self.look_until(id, until).await?)
            }
            Some(AgainOutcome::Conflict { now }) => Err(Error::NotEnded { id, status: *now }),
            Some(AgainOutcome::NotFound) | None => Err(Error::NotFound(id)),
        }
    }

    /// Makes a scheduled task wait as if it were due; answers it as it is then.
    pub async fn run(&self, id: TaskId) -> Result<Task, Error> {
        let until = Instant::now() + ANSWER_WITHIN;
        // Sent once only: a second step would be told that the task is not scheduled any more.
        let ids = [id];
        let outcomes = patience::within("run", self.stores.tasks.hasten(&ids)).await?;
        match outcomes.first() {
            Some(AgainOutcome::Applied) => {
                tracing::info!(event = "hastened", task_id = %id);
                Ok(self.look_until(id, until).await?)
            }
            Some(AgainOutcome::Conflict { now }) => Err(Error::NotScheduled { id, status: *now }),
            Some(AgainOutcome::NotFound) | None => Err(Error::NotFound(id)),
        }
    }

    async fn look_until(&self, id: TaskId, until: Instant) -> Result<Task, get::Error> {
        let task = persist("get", until, || self.stores.tasks.get(id)).await?;
        task.ok_or(get::Error::NotFound(id))
    }
}

/// Where it waits would matter.
fn is_resubmittable(status: Status) -> bool {
    let wish = Wish::Resubmit { reset_failures: true, only_dead: false };
    wish.foresee(status) == Outcome::Resubmitted
}

impl From<get::Error> for Error {
    fn from(error: get::Error) -> Self {
        match error {
            get::Error::NotFound(id) => Self::NotFound(id),
            get::Error::Store(error) => Self::Store(error),
        }
    }
}
