use jobbers_core::model::{Status, TaskId, TaskType};
use jobbers_core::store::Claim;

use super::Model;
use super::slots::Slots;

/// Why a parked worker may be woken.
#[derive(Debug)]
pub(super) enum Reason {
    /// This task waits now.
    Task(TaskId),
    /// A place of this queue and type is free again.
    Place(String, TaskType),
}

impl Model {
    /// Why workers may be woken since someone last asked.
    pub(super) fn reasons(&mut self, changes: &[(TaskId, Status)]) -> Vec<Reason> {
        let waits = |id: &TaskId| self.get(*id).is_some_and(|task| task.status == Status::Submitted);
        let mut waiting: Vec<_> = changes.iter().map(|(id, _)| *id).filter(waits).collect();
        waiting.dedup();
        let places = std::mem::take(&mut self.freed);
        let places = places.into_iter().map(|(queue, task_type)| Reason::Place(queue, task_type));
        waiting.into_iter().map(Reason::Task).chain(places).collect()
    }

    /// The task that who claims so could take now for this reason, while others are on their way to the `promised` ones.
    pub(super) fn wanted(&self, claim: &Claim, reason: &Reason, promised: &[TaskId]) -> Option<TaskId> {
        let mut slots = Slots::of(claim, self);
        for id in promised {
            slots.occupy(&self.lane_of(*id));
        }
        match reason {
            Reason::Task(id) => (!promised.contains(id) && slots.admit(&self.lane_of(*id))).then_some(*id),
            Reason::Place(queue, task_type) => {
                let in_queue = claim.queues.iter().any(|slots| slots.queue == *queue && slots.total.is_some());
                let of_type = claim.types.iter().any(|slots| slots.task_type == *task_type && slots.total.is_some());
                let lanes = self.lanes.iter().filter(|(lane, _)| {
                    (in_queue && lane.queue == *queue || of_type && lane.task_type == *task_type) && slots.admit(lane)
                });
                let mut waiting = lanes.flat_map(|(_, waiting)| waiting).map(|(_, id)| *id);
                waiting.find(|id| !promised.contains(id) && !self.is_expired(*id))
            }
        }
    }
}
