//! Asking for the end of a task.

use super::{Operations, get, patience};
use crate::model::{Status, Task, TaskId};
use crate::store::{CancelOutcome, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no task {0}")]
    NotFound(TaskId),
    #[error("task {id} is {status} and cannot be cancelled any more: only submitted, scheduled and started tasks can")]
    Ended { id: TaskId, status: Status },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operations {
    /// Cancels a task that waits, or asks its worker to stop it; answers the task as it is then. It is `cancelled`,
    /// or still `started` with the time of the first request; asking again changes nothing.
    pub async fn cancel(&self, id: TaskId) -> Result<Task, Error> {
        let both = async {
            let outcome = self.stores.tasks.cancel(id).await?;
            Ok((outcome, self.stores.tasks.get(id).await?))
        };
        match patience::within("cancel", both).await? {
            (CancelOutcome::Cancelled | CancelOutcome::Requested { .. }, Some(task)) => {
                tracing::info!(event = "cancel_requested", task_id = %id, status = %task.status);
                Ok(task)
            }
            (CancelOutcome::Ended { status }, _) => Err(Error::Ended { id, status }),
            (CancelOutcome::NotFound, _) | (_, None) => Err(Error::NotFound(id)),
        }
    }
}

impl From<get::Error> for Error {
    fn from(error: get::Error) -> Self {
        match error {
            get::Error::NotFound(id) => Self::NotFound(id),
            get::Error::Store(error) => Self::Store(error),
        }
    }
}
