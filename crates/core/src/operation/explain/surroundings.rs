use std::sync::Arc;

use super::reason::{QueueNow, Surroundings, TypeLimits};
use crate::model::{Queue, Status, Task};
use crate::operation::Operations;
use crate::routing::Snapshot;
use crate::store::StoreError;

impl Operations {
    /// What matters for a task besides itself.
    pub(super) async fn surroundings(&self, task: &Task) -> Result<Surroundings, StoreError> {
        let store = &self.stores.tasks;
        let now = store.now().await?;
        let nothing = Surroundings {
            now,
            live: Vec::new(),
            queue: QueueNow::Unread,
            roles: None,
            of_type: TypeLimits::default(),
            waiting: None,
            standing: None,
            starts_per_second: 0.0,
        };
        if task.status.is_ended() {
            return Ok(nothing);
        }
        if task.status != Status::Submitted {
            let live = store.live().await?.into_iter().map(|live| live.process).collect();
            return Ok(Surroundings { live, ..nothing });
        }
        // While the store of queues is away, nothing is said against the queue.
        let configured = self.configured().await.ok();
        let queue = configured.as_ref().and_then(|configured| configured.queue(&task.queue)).cloned();
        let rate = queue.as_ref().and_then(|queue| queue.rate);
        let (live, waiting, standing, of_type, starts_per_second) = tokio::try_join!(
            store.live(),
            self.waiting_like(task),
            store.standing(task.id, rate),
            self.limits_of_type(task),
            self.starts_per_second(&task.queue, now),
        )?;
        Ok(Surroundings {
            live: live.into_iter().map(|live| live.process).collect(),
            queue: queue_now(configured.as_ref(), queue),
            roles: configured.map(|configured| configured.roles_with(&task.queue).map(str::to_owned).collect()),
            of_type,
            waiting: Some(waiting),
            standing,
            starts_per_second,
            ..nothing
        })
    }

    /// How many tasks of its type wait in its queue.
    async fn waiting_like(&self, task: &Task) -> Result<u64, StoreError> {
        let waiting = self.stores.tasks.waiting().await?;
        let like = waiting.into_iter().find(|like| like.queue == task.queue && like.task_type == task.task_type);
        Ok(like.map_or(0, |like| like.tasks))
    }

    /// By what workers publish now.
    async fn limits_of_type(&self, task: &Task) -> Result<TypeLimits, StoreError> {
        let catalogue = self.catalogue().await?;
        let policy = catalogue.get(&task.task_type).map(|known| &known.registration.policy);
        Ok(policy.map_or_else(TypeLimits::default, |policy| TypeLimits {
            max_concurrent: policy.max_concurrent,
            max_concurrent_total: policy.max_concurrent_total,
        }))
    }
}

fn queue_now(configured: Option<&Arc<Snapshot>>, queue: Option<Queue>) -> QueueNow {
    match (configured, queue) {
        (None, _) => QueueNow::Unread,
        (Some(_), None) => QueueNow::Missing,
        (Some(_), Some(queue)) => QueueNow::There(queue),
    }
}
