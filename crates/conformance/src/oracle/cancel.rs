use jobbers_core::lifecycle::Event;
use jobbers_core::model::{Status, TaskId};
use jobbers_core::store::CancelOutcome;

use super::Model;

impl Model {
    /// The step `cancel`.
    pub fn cancel(&mut self, id: TaskId) -> CancelOutcome {
        let Some(record) = self.records.get(&id) else { return CancelOutcome::NotFound };
        match record.task.status {
            Status::Submitted => self.wait_no_more(id),
            Status::Scheduled => self.scheduled.retain(|(_, other)| *other != id),
            Status::Started => {}
            status => return CancelOutcome::Ended { status },
        }
        let now = self.now;
        let record = self.records.get_mut(&id).expect("it was there just now");
        record.step(Event::Cancel);
        if record.task.status == Status::Started {
            let since = *record.task.cancel_requested_at.get_or_insert(now);
            return CancelOutcome::Requested { since };
        }
        record.task.ended_at = Some(now);
        record.task.run_at = None;
        self.note_change(id);
        CancelOutcome::Cancelled
    }
}
