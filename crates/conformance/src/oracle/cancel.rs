use jobbers_core::lifecycle::Event;
use jobbers_core::model::{Status, TaskId};
use jobbers_core::store::CancelOutcome;

use super::Model;

impl Model {
    /// The step `cancel_all`.
    pub fn cancel_all(&mut self, ids: &[TaskId]) -> Vec<CancelOutcome> {
        ids.iter().map(|id| self.cancel(*id)).collect()
    }

    /// The same for one task.
    pub fn cancel(&mut self, id: TaskId) -> CancelOutcome {
        let Some(record) = self.records.get_mut(&id) else { return CancelOutcome::NotFound };
        match record.task.status {
            Status::Submitted => self.wait_no_more(id, false),
            Status::Scheduled => self.scheduled.retain(|(_, other)| *other != id),
            Status::Started => {
                record.step(Event::Cancel);
                let since = *record.task.cancel_requested_at.get_or_insert(self.now);
                return CancelOutcome::Requested { since };
            }
            status => return CancelOutcome::Ended { status },
        }
        self.end_unstarted(id, Event::Cancel);
        CancelOutcome::Cancelled
    }

    /// Ends, as cancelled or dropped, what has just been taken from where it waited.
    pub(super) fn end_unstarted(&mut self, id: TaskId, event: Event) {
        let now = self.now;
        let record = self.records.get_mut(&id).expect("what waits has a record");
        record.step(event);
        record.task.ended_at = Some(now);
        record.task.run_at = None;
        let queue = record.task.queue.clone();
        match event {
            Event::Drop => self.tally(&queue).dropped += 1,
            _ => self.tally(&queue).cancelled += 1,
        }
        self.note_change(id);
    }
}
