use super::interest::Interest;
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
    /// Places under limits over all workers that were taken in lanes (more than 0), or left (less).
    pub(super) places: Vec<(i64, i64)>,
    /// How often queues or roles have changed so far.
    pub(super) routing: Option<i64>,
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

impl Effects {
    pub(super) fn append(&mut self, mut other: Self) {
        self.moves.append(&mut other.moves);
        self.claimable.append(&mut other.claimable);
        self.told.append(&mut other.told);
        self.parked.append(&mut other.parked);
        self.retired.append(&mut other.retired);
        self.draining.append(&mut other.draining);
        self.places.append(&mut other.places);
        self.routing = self.routing.max(other.routing);
    }
}
