use jobbers_core::lifecycle::Event;
use jobbers_core::model::{TaskId, Timestamp};
use jobbers_core::store::{Promote, Promoted};

use super::Model;

impl Model {
    /// The step `promote`.
    pub fn promote(&mut self, promote: &Promote) -> Promoted {
        let due: Vec<_> =
            self.scheduled_in(promote).take_while(|(due, _)| *due <= self.now).take(promote.limit).collect();
        // Tasks that are due at the same time go in any order.
        let mut last = None;
        let mut rank = self.last_rank;
        for (time, id) in &due {
            if last != Some(*time) {
                rank = self.next_rank();
                last = Some(*time);
            }
            self.scheduled.remove(&(*time, *id));
            let record = self.records.get_mut(id).expect("a scheduled task has a record");
            record.step(Event::Promote);
            record.task.run_at = None;
            self.wait(*id, rank);
            self.note_change(*id);
        }
        let next_due = self.scheduled_in(promote).next().map(|(due, _)| due);
        Promoted { now: self.now, moved: due.len(), next_due }
    }

    /// Takes over a store's answer, or says what is wrong with it.
    pub fn follow_promote(&mut self, promote: &Promote, actual: Promoted) -> Result<(), String> {
        let expected = self.promote(promote);
        // The hint may be too early, but must be there, and not too late.
        let hint_serves = match (expected.next_due, actual.next_due) {
            (Some(expected), Some(actual)) => actual <= expected,
            (Some(_), None) => false,
            (None, _) => true,
        };
        if expected.now == actual.now && expected.moved == actual.moved && hint_serves {
            return Ok(());
        }
        Err(format!("{actual:?} instead of {expected:?}"))
    }

    fn scheduled_in(&self, promote: &Promote) -> impl Iterator<Item = (Timestamp, TaskId)> {
        self.scheduled.iter().copied().filter(|(_, id)| {
            promote.queues.as_ref().is_none_or(|queues| queues.contains(&self.records[id].task.queue))
        })
    }
}
