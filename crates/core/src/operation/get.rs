//! Looking at a task.

use super::{Operations, patience};
use crate::model::{Task, TaskId};
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no task {0}")]
    NotFound(TaskId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operations {
    /// One task, whole.
    pub async fn get(&self, id: TaskId) -> Result<Task, Error> {
        patience::within("get", self.stores.tasks.get(id)).await?.ok_or(Error::NotFound(id))
    }
}
