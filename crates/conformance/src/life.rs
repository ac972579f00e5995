//! Brings tasks to each stage of their lives.

use std::time::Duration;

use jobbers_core::model::{DeadLetter, NewTask, Policy, Status, TaskId, When};
use jobbers_core::store::{ClaimedTask, SharedStore, SubmitOutcome};

use crate::Worker;
use crate::sample::{completed, confirmed_cancelled, failed, id, stopped, task};

/// Where a task is in its life, as far as it matters to someone who wants something of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Completed,
    Failed,
    DeadLetter,
    /// Before it ever started.
    Cancelled,
    /// By its worker, as someone wished.
    Stopped,
    Stalled,
    Started,
    Scheduled,
    Waiting,
}

impl Stage {
    pub const ALL: [Self; 9] = [
        Self::Completed,
        Self::Failed,
        Self::DeadLetter,
        Self::Cancelled,
        Self::Stopped,
        Self::Stalled,
        Self::Started,
        Self::Scheduled,
        Self::Waiting,
    ];

    pub const fn status(self) -> Status {
        match self {
            Self::Completed => Status::Completed,
            Self::Failed | Self::DeadLetter => Status::Failed,
            Self::Cancelled | Self::Stopped => Status::Cancelled,
            Self::Stalled => Status::Stalled,
            Self::Started => Status::Started,
            Self::Scheduled => Status::Scheduled,
            Self::Waiting => Status::Submitted,
        }
    }
}

/// Who leads tasks through their lives. It claims what it has just submitted, so nothing else may wait in its queue
/// with a better priority than 1.
#[derive(Debug)]
pub struct Guide {
    pub worker: Worker,
    keeper: Worker,
}

impl Guide {
    /// Uses the workers 200 and 201.
    pub async fn start(store: &SharedStore) -> Self {
        let keeps = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
        Self { worker: Worker::start(store, 200).await, keeper: Worker::with_policy(store, 201, keeps).await }
    }

    /// Submits the n-th task and brings it to this stage.
    pub async fn bring(&mut self, n: u64, stage: Stage) -> TaskId {
        self.bring_task(task(n), stage).await
    }

    /// The same with a task of another queue or type.
    pub async fn bring_task(&mut self, task: NewTask, stage: Stage) -> TaskId {
        let id = task.id;
        let (when, priority) = match stage {
            Stage::Scheduled => (When::After(Duration::from_secs(3600)), task.priority),
            Stage::Waiting | Stage::Cancelled => (When::Now, task.priority),
            _ => (When::Now, 0),
        };
        let outcomes = self.worker.store.submit(&[NewTask { when, priority, ..task.clone() }]).await.expect("submit");
        assert!(matches!(outcomes[..], [SubmitOutcome::Stored { .. }]), "{outcomes:?}");
        match stage {
            Stage::Scheduled | Stage::Waiting => {}
            Stage::Cancelled => {
                self.worker.store.cancel(id).await.expect("cancel");
            }
            Stage::Started => {
                self.claim(&task, false).await;
            }
            Stage::Completed => {
                let attempt = self.claim(&task, false).await;
                self.worker.finish(&attempt, completed("1")).await;
            }
            Stage::Failed => {
                let attempt = self.claim(&task, false).await;
                self.worker.finish(&attempt, failed("broken")).await;
            }
            Stage::DeadLetter => {
                let attempt = self.claim(&task, true).await;
                self.keeper.finish(&attempt, failed("broken")).await;
            }
            Stage::Stalled => {
                let attempt = self.claim(&task, false).await;
                self.worker.finish(&attempt, stopped()).await;
            }
            Stage::Stopped => {
                let attempt = self.claim(&task, false).await;
                self.worker.store.cancel(id).await.expect("cancel");
                self.worker.finish(&attempt, confirmed_cancelled()).await;
            }
        }
        let found = self.worker.store.get(id).await.expect("get").map(|task| task.status);
        assert_eq!(found, Some(stage.status()), "{id} as {stage:?}");
        id
    }

    /// Brings one task to each stage: the first task to the first, and so on.
    pub async fn bring_all(&mut self) -> Vec<(TaskId, Stage)> {
        let mut all = Vec::new();
        for (n, stage) in (1..).zip(Stage::ALL) {
            all.push((self.bring(n, stage).await, stage));
        }
        all
    }

    async fn claim(&mut self, task: &NewTask, keeps: bool) -> ClaimedTask {
        let worker = if keeps { &mut self.keeper } else { &mut self.worker };
        worker.queues[0].queue.clone_from(&task.queue);
        worker.types[0].0 = task.task_type.clone();
        worker.types.truncate(1);
        let claimed = worker.claim_one().await;
        assert_eq!(claimed.id, task.id, "nothing else waits before it");
        claimed
    }
}

/// The n-th tasks as they are.
pub async fn snapshot(
    store: &SharedStore,
    numbers: impl IntoIterator<Item = u64>,
) -> Vec<Option<jobbers_core::model::Task>> {
    let mut tasks = Vec::new();
    for n in numbers {
        tasks.push(store.get(id(n)).await.expect("get"));
    }
    tasks
}
