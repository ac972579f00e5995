use jobbers_core::lifecycle::Event;
use jobbers_core::model::{Status, Task, TaskId, Timestamp};
use jobbers_core::store::Expired;

use super::Model;

impl Model {
    /// The step `expire`.
    pub fn expire(&mut self, limit: usize) -> Expired {
        let mut expiring = self.expiring();
        let moved: Vec<_> = expiring.iter().copied().take_while(|(time, _)| *time <= self.now).take(limit).collect();
        for (_, id) in &moved {
            self.expire_one(*id);
        }
        expiring.drain(..moved.len());
        Expired { now: self.now, moved: moved.len(), next: expiring.first().map(|(time, _)| *time) }
    }

    /// Takes over a store's answer, or says what is wrong with it. `limit` must not leave a choice.
    pub fn follow_expire(&mut self, limit: usize, actual: Expired) -> Result<(), String> {
        let expected = self.expire(limit);
        // The hint may be too early, but must be there, and not too late.
        let hint_serves = match (expected.next, actual.next) {
            (Some(expected), Some(actual)) => actual <= expected,
            (Some(_), None) => false,
            (None, _) => true,
        };
        if expected.now == actual.now && expected.moved == actual.moved && hint_serves {
            return Ok(());
        }
        Err(format!("{actual:?} instead of {expected:?}"))
    }

    /// A claim may cancel what it finds to be expired, or leave that to `expire`: takes over which of it a store did.
    pub fn follow_expiry(&mut self, id: TaskId, actual: &Task) {
        let expects_more = self.is_expired(id) && self.records[&id].task.status != actual.status;
        if expects_more && actual.status == Status::Cancelled && actual.ended_at == Some(self.now) {
            self.expire_one(id);
        }
    }

    /// Whether it has not started and must not any more.
    pub(super) fn is_expired(&self, id: TaskId) -> bool {
        self.records.get(&id).and_then(|record| expiry(&record.task)).is_some_and(|time| time <= self.now)
    }

    fn expire_one(&mut self, id: TaskId) {
        match self.records[&id].task.status {
            Status::Submitted => self.wait_no_more(id, false),
            _ => self.scheduled.retain(|(_, other)| *other != id),
        }
        self.end_unstarted(id, Event::Expire);
    }

    fn expiring(&self) -> Vec<(Timestamp, TaskId)> {
        let mut expiring: Vec<_> =
            self.records.values().filter_map(|record| Some((expiry(&record.task)?, record.task.id))).collect();
        expiring.sort();
        expiring
    }
}

/// When it expires, unless it has started before or has ended.
fn expiry(task: &Task) -> Option<Timestamp> {
    let may_expire = task.attempt == 0 && matches!(task.status, Status::Submitted | Status::Scheduled);
    task.expires_at.filter(|_| may_expire)
}
