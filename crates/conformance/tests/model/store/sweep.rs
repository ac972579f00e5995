use jobbers_core::lifecycle::Event;
use jobbers_core::model::Status;

use super::turn::FOR_EVER;
use super::{Mover, Step, Store};
use crate::model::answer::{Answer, Moved};
use crate::model::decide;
use crate::model::guard::Guard;
use crate::model::state::Verdict;

impl Step<'_> {
    pub fn promote(&mut self, task: usize) -> Answer {
        if self.record(task).due > 0 && self.rules.has(Guard::DueOnPromote) {
            return Answer::NotDue;
        }
        self.record(task).due = 0;
        self.store.scheduled.remove(task);
        self.follow(task, Event::Promote);
        self.store.lane.push(task);
        Answer::Promoted
    }

    /// Lists a task whose lease is over, for a decision.
    pub fn overdue(&self, task: usize) -> Option<Verdict> {
        let record = self.store.records[task]?;
        let is_over = record.status == Status::Started && record.lease == 0;
        let waits = self.store.grace > 0 && self.rules.has(Guard::GraceOnOverdue);
        let counts_as_lost = !record.excused || !self.rules.has(Guard::ExcuseOnOverdue);
        let verdict = Verdict { task, token: record.token, lost: record.lost, counts_as_lost, answer: None };
        (is_over && !waits).then_some(verdict)
    }

    pub fn reap(&mut self, verdict: &Verdict) -> Moved {
        let transition = decide::lease_over(&self.rules.policy, verdict);
        self.leave(Mover::Reaper, verdict.task, verdict.token, &transition)
    }

    /// Lists a task that is silent, for a decision.
    pub fn silent(&self, task: usize) -> Option<Verdict> {
        let record = self.store.records[task]?;
        let is_silent = record.status == Status::Started && record.silence == 0 && !record.wish;
        let verdict = Verdict { task, token: record.token, lost: 0, counts_as_lost: false, answer: None };
        is_silent.then_some(verdict)
    }

    pub fn stall(&mut self, verdict: &Verdict) -> Moved {
        self.leave(Mover::Staller, verdict.task, verdict.token, &decide::silence())
    }
}

impl Store {
    /// Time passes.
    pub fn tick(&mut self) {
        self.grace = self.grace.saturating_sub(1);
        for record in self.records.iter_mut().flatten() {
            if record.lease != FOR_EVER {
                record.lease = record.lease.saturating_sub(1);
            }
            record.silence = record.silence.saturating_sub(1);
            record.due = record.due.saturating_sub(1);
        }
    }

    /// It was away, and is back: whoever had a lease may not have been able to renew it.
    pub fn return_after_outage(&mut self, lease: u8) {
        self.grace = lease;
        for record in self.records.iter_mut().flatten() {
            record.excused = record.status == Status::Started;
        }
    }
}
