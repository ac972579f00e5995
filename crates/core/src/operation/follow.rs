//! Every change of one task, and of all.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::timeout;

use super::patience::within;
use super::watch::Watching;
use super::{Operations, get};
use crate::model::{Status, Task, TaskId};
use crate::store::{Moved, QueueCounts, StoreError};

/// How often a task that runs is looked at for progress, of which no message tells.
const PROGRESS: Duration = Duration::from_secs(1);
/// How often any other is looked at, for news that got lost.
const AGAIN: Duration = Duration::from_secs(15);
/// How soon it is looked at again while the store is away.
const AWAY: Duration = Duration::from_secs(1);

/// One task, change by change.
#[derive(Debug)]
pub struct Following {
    id: TaskId,
    watching: Watching,
    /// As it was last told.
    last: Option<Arc<Task>>,
}

impl Operations {
    /// Follows a task from now on.
    pub fn follow(&self, id: TaskId) -> Following {
        Following { id, watching: self.watch.closely(id), last: None }
    }

    /// Every change of the status of any task from now on; whoever is too slow misses some.
    pub fn changes(&self) -> broadcast::Receiver<Moved> {
        self.watch.all()
    }

    /// How many tasks each queue has.
    pub async fn counts(&self) -> Result<Vec<QueueCounts>, StoreError> {
        within("count", self.stores.tasks.counts()).await
    }
}

impl Following {
    /// At first the task as it is; then the task whenever it is not as it was last told. Changes that follow each other
    /// at once may be one. An error of the store is told at first only; later it is waited for.
    pub async fn next(&mut self) -> Result<Arc<Task>, get::Error> {
        let mut pause = self.last.as_ref().map(|task| until_next_look(task));
        loop {
            if let Some(pause) = pause {
                // Over, changed, or the process is stopping: the look tells.
                let _ = timeout(pause, self.watching.changed.changed()).await;
            }
            match within("get", self.watching.look()).await {
                Ok(Some(task)) if self.last.as_deref() != Some(&*task) => {
                    self.last = Some(task.clone());
                    return Ok(task);
                }
                Ok(Some(task)) => pause = Some(until_next_look(&task)),
                Ok(None) => return Err(get::Error::NotFound(self.id)),
                Err(error) if self.last.is_none() => return Err(error.into()),
                Err(_) => pause = Some(AWAY),
            }
        }
    }
}

fn until_next_look(task: &Task) -> Duration {
    match task.status {
        Status::Started => PROGRESS,
        _ => AGAIN,
    }
}
