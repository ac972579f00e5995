use jobbers_core::lifecycle::Event;
use jobbers_core::model::Status;
use jobbers_core::store::{Purge, Swept};

use super::Model;
use super::record::Record;
use super::sweep::piece;

impl Model {
    /// The step `purge`.
    pub fn purge(&mut self, purge: &Purge) -> Swept {
        let since = |record: &Record| match record.task.status {
            Status::Submitted => record.task.waiting_since,
            Status::Scheduled => Some(record.task.submitted_at).filter(|_| purge.scheduled),
            _ => None,
        };
        let since = |record: &Record| since(record).filter(|_| record.task.queue == purge.queue);
        let (ids, next) = piece(self.timed(since), purge.before, &purge.sweep);
        if !purge.sweep.rehearsal {
            for id in &ids {
                match self.records[id].task.status {
                    Status::Submitted => self.wait_no_more(*id, false),
                    _ => self.scheduled.retain(|(_, other)| other != id),
                }
                self.end_unstarted(*id, Event::Cancel);
            }
        }
        Swept { now: self.now, tasks: ids.len(), next }
    }
}
