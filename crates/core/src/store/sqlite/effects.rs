use crate::model::{Status, TaskId, TaskType, WorkerId};

/// What a step changed that others wait for: told to them once it is committed.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) moves: Vec<(TaskId, Status)>,
    pub(super) claimable: Vec<Claimable>,
    pub(super) told: Vec<Told>,
    pub(super) parked: Vec<(WorkerId, Option<Interest>)>,
    pub(super) retired: Vec<WorkerId>,
    /// Workers that are asked to drain.
    pub(super) draining: Vec<WorkerId>,
}

/// Tasks that have become claimable.
#[derive(Debug)]
pub(super) struct Claimable {
    pub(super) queue: String,
    pub(super) task_type: TaskType,
    pub(super) tasks: u64,
}

/// A worker is to renew: one of its tasks is to be cancelled, or was taken away.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) worker: WorkerId,
    /// How often it was told so far.
    pub(super) times: i64,
}

/// What a parked worker could still take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Interest {
    pub(super) queues: Vec<String>,
    pub(super) types: Vec<TaskType>,
}

impl Interest {
    pub(super) fn covers(&self, queue: &str, task_type: &TaskType) -> bool {
        self.queues.iter().any(|name| name == queue) && self.types.contains(task_type)
    }
}

impl Effects {
    pub(super) fn append(&mut self, mut other: Self) {
        self.moves.append(&mut other.moves);
        self.claimable.append(&mut other.claimable);
        self.told.append(&mut other.told);
        self.parked.append(&mut other.parked);
        self.retired.append(&mut other.retired);
        self.draining.append(&mut other.draining);
    }
}
