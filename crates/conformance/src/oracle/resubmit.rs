use jobbers_core::lifecycle::Event;
use jobbers_core::model::{Status, TaskId};
use jobbers_core::store::{AgainOutcome, Resubmit};

use super::Model;

impl Model {
    /// The step `resubmit`.
    pub fn resubmit(&mut self, resubmit: &Resubmit) -> Vec<AgainOutcome> {
        resubmit.ids.iter().map(|id| self.resubmit_one(*id, resubmit)).collect()
    }

    fn resubmit_one(&mut self, id: TaskId, resubmit: &Resubmit) -> AgainOutcome {
        let Some(record) = self.records.get_mut(&id) else { return AgainOutcome::NotFound };
        if record.resubmitted_by == Some(resubmit.request) {
            return AgainOutcome::Applied;
        }
        let status = record.task.status;
        if !matches!(status, Status::Failed | Status::Stalled | Status::Cancelled | Status::Dropped) {
            return AgainOutcome::Conflict { now: status };
        }
        if resubmit.only_dead && !record.is_dead_letter {
            return AgainOutcome::Conflict { now: status };
        }
        self.dead_letter_leaves(id);
        let record = self.record_mut(id);
        record.step(Event::Resubmit);
        record.resubmitted_by = Some(resubmit.request);
        record.has_beaten = false;
        let task = &mut record.task;
        if resubmit.reset_failures {
            task.failures = 0;
            record.failures_are_open = false;
        }
        task.lost = 0;
        record.lost_is_open = false;
        task.cancel_requested_at = None;
        task.expires_at = None;
        task.result = None;
        task.ended_at = None;
        let queue = task.queue.clone();
        self.tally(&queue).submitted += 1;
        let rank = self.next_rank();
        self.wait(id, rank);
        self.note_change(id);
        AgainOutcome::Applied
    }

    /// The step `hasten`.
    pub fn hasten(&mut self, ids: &[TaskId]) -> Vec<AgainOutcome> {
        ids.iter().map(|id| self.hasten_one(*id)).collect()
    }

    fn hasten_one(&mut self, id: TaskId) -> AgainOutcome {
        let Some(record) = self.records.get_mut(&id) else { return AgainOutcome::NotFound };
        if record.task.status != Status::Scheduled {
            return AgainOutcome::Conflict { now: record.task.status };
        }
        record.step(Event::Promote);
        record.task.run_at = None;
        self.scheduled.retain(|(_, other)| *other != id);
        let rank = self.next_rank();
        self.wait(id, rank);
        self.note_change(id);
        AgainOutcome::Applied
    }
}
