//! Why a task is not running, or that it is.

mod decide;
mod reason;
mod sentence;
#[cfg(test)]
mod tests;

pub use decide::explain;
pub use reason::{Expected, Explanation, QueueNow, Reason, Surroundings, Waits, Why};

use super::{Operations, get, patience};
use crate::model::{Status, Task, TaskId};
use crate::store::StoreError;

impl Operations {
    /// Why a task is where it is, by what is known at this moment. Changes nothing.
    pub async fn explain(&self, id: TaskId) -> Result<Explanation, get::Error> {
        let explained = async {
            let Some(task) = self.stores.tasks.get(id).await? else { return Ok(None) };
            let explanation = explain(&task, &self.surroundings(&task).await?);
            if !matches!(explanation.reason, Reason::WorkerLost { .. }) {
                return Ok(Some(explanation));
            }
            // Its worker may have ended it, and itself, between the two questions.
            let Some(task) = self.stores.tasks.get(id).await? else { return Ok(None) };
            let explanation = explain(&task, &self.surroundings(&task).await?);
            Ok(Some(explanation))
        };
        patience::within("explain", explained).await?.ok_or(get::Error::NotFound(id))
    }

    /// What matters for a task besides itself.
    async fn surroundings(&self, task: &Task) -> Result<Surroundings, StoreError> {
        let store = &self.stores.tasks;
        let now = store.now().await?;
        if task.status.is_ended() {
            return Ok(Surroundings { now, live: Vec::new(), queue: QueueNow::Open, waiting: None });
        }
        let (live, queue, waiting) =
            tokio::try_join!(store.live(), async { Ok(self.queue_now(&task.queue).await) }, self.waiting_like(task))?;
        Ok(Surroundings { now, live: live.into_iter().map(|live| live.process).collect(), queue, waiting })
    }

    /// While the store of queues is away, nothing is said against the queue.
    async fn queue_now(&self, queue: &str) -> QueueNow {
        match self.queue_names().await {
            Ok(names) if !names.iter().any(|name| name == queue) => QueueNow::Missing,
            // Queues cannot be paused yet.
            Ok(_) | Err(_) => QueueNow::Open,
        }
    }

    /// How many tasks of its type wait in its queue, if it waits itself.
    async fn waiting_like(&self, task: &Task) -> Result<Option<u64>, StoreError> {
        if task.status != Status::Submitted {
            return Ok(None);
        }
        let waiting = self.stores.tasks.waiting().await?;
        let like = waiting.into_iter().find(|like| like.queue == task.queue && like.task_type == task.task_type);
        Ok(Some(like.map_or(0, |like| like.tasks)))
    }
}
