//! Removing a task.

use super::{Operations, patience};
use crate::model::{Status, TaskId};
use crate::store::{ForgetOutcome, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no task {0}")]
    NotFound(TaskId),
    #[error("task {id} is {status} and cannot be removed: only tasks that have ended can, so cancel it first")]
    Live { id: TaskId, status: Status },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operations {
    /// Removes an ended task with all that is known of it.
    pub async fn forget(&self, id: TaskId) -> Result<(), Error> {
        let ids = [id];
        let outcomes = patience::within("forget", self.stores.tasks.forget(&ids)).await?;
        match outcomes.first() {
            Some(ForgetOutcome::Forgotten) => {
                tracing::info!(event = "forgotten", task_id = %id);
                Ok(())
            }
            Some(ForgetOutcome::Live { now }) => Err(Error::Live { id, status: *now }),
            Some(ForgetOutcome::NotFound) | None => Err(Error::NotFound(id)),
        }
    }
}
