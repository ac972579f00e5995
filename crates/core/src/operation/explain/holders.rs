use super::reason::{Limit, Reason};
use crate::model::{ProcessInfo, Status, Task, TaskId, WorkerId};
use crate::operation::Operations;
use crate::operation::queue_stats::consumes;
use crate::store::{Filter, List, Order, StoreError};

/// Tasks that are named at the most.
const NAMED: usize = 10;
/// Workers that are looked at for them.
const WORKERS: usize = 5;

impl Operations {
    /// Names tasks that run under the limit that is full.
    pub(super) async fn find_holders(&self, task: &Task, reason: &mut Reason) -> Result<(), StoreError> {
        let Reason::Full { limit, held_by, .. } = reason else { return Ok(()) };
        let of_queue = Filter { queue: Some(task.queue.clone()), ..started() };
        let (name, version) = (Some(task.task_type.name.clone()), Some(task.task_type.version));
        let of_type = Filter { name, version, ..started() };
        let filters = match limit {
            Limit::QueueTotal | Limit::QueuePerWorker => vec![of_queue],
            Limit::TypeTotal | Limit::TypePerWorker => vec![of_type],
            Limit::Slots => {
                let able = self.able_workers(task).await?;
                able.into_iter().map(|worker| Filter { worker: Some(worker), ..started() }).collect()
            }
        };
        for filter in filters {
            if held_by.len() < NAMED {
                held_by.extend(self.first_ids(filter, NAMED - held_by.len()).await?);
            }
        }
        Ok(())
    }

    async fn able_workers(&self, task: &Task) -> Result<Vec<WorkerId>, StoreError> {
        let able = |process: &ProcessInfo| consumes(process, &task.queue) && process.types.contains(&task.task_type);
        let live = self.stores.tasks.live().await?.into_iter().map(|live| live.process);
        Ok(live.filter(able).map(|process| process.id).take(WORKERS).collect())
    }

    async fn first_ids(&self, filter: Filter, limit: usize) -> Result<Vec<TaskId>, StoreError> {
        let list = List { filter, order: Order::default(), after: None, limit };
        Ok(self.stores.tasks.list(&list).await?.entries.into_iter().map(|entry| entry.id).collect())
    }
}

fn started() -> Filter {
    Filter { status: Some(Status::Started), ..Filter::default() }
}
