use jobbers_core::lifecycle::Event;
use jobbers_core::model::Status;

use super::{Record, Step};
use crate::model::answer::Answer;
use crate::model::guard::Guard;

impl Step<'_> {
    pub fn submit(&mut self, task: usize, later: bool) -> Answer {
        if self.store.records[task].is_some() && self.rules.has(Guard::KnownOnSubmit) {
            return Answer::Exists;
        }
        let due = if later { self.rules.bounds.delay } else { 0 };
        self.store.records[task] = Some(Record {
            status: Status::Unsubmitted,
            due,
            attempt: 0,
            failures: 0,
            lost: 0,
            token: 0,
            worker: None,
            lease: 0,
            excused: false,
            silence: 0,
            wish: false,
            resubmitted: false,
            left: None,
        });
        self.follow(task, if later { Event::Schedule } else { Event::Submit });
        if later {
            self.store.scheduled.insert(task);
        } else {
            self.store.lane.push(task);
        }
        Answer::Stored
    }

    pub fn cancel(&mut self, task: usize) -> Answer {
        let status = self.record(task).status;
        if self.rules.has(Guard::StateOnCancel) {
            if status == Status::Started {
                self.follow(task, Event::Cancel);
                self.record(task).wish = true;
                return Answer::CancelRequested;
            }
            if status.is_ended() {
                return Answer::HadEnded;
            }
        }
        self.store.lane.remove(task);
        self.store.scheduled.remove(task);
        self.store.started.remove(task);
        self.follow(task, Event::Cancel);
        self.record(task).due = 0;
        self.store.ended.insert(task);
        Answer::Cancelled
    }

    pub fn resubmit(&mut self, task: usize) -> Answer {
        let Some(record) = &mut self.store.records[task] else { return Answer::DoesNotAllow };
        if record.resubmitted && self.rules.has(Guard::RequestOnResubmit) {
            return Answer::WaitsAgain;
        }
        let ended_without_result = record.status.is_ended() && record.status != Status::Completed;
        if !ended_without_result && self.rules.has(Guard::StateOnResubmit) {
            return Answer::DoesNotAllow;
        }
        *record = Record { failures: 0, lost: 0, wish: false, resubmitted: true, ..*record };
        self.store.ended.remove(task);
        self.store.dead.remove(task);
        self.follow(task, Event::Resubmit);
        self.store.lane.push(task);
        Answer::WaitsAgain
    }

    pub fn forget(&mut self, task: usize) -> Answer {
        if !self.record(task).status.is_ended() && self.rules.has(Guard::StateOnForget) {
            return Answer::IsLive;
        }
        self.store.ended.remove(task);
        self.store.dead.remove(task);
        self.follow(task, Event::Forget);
        Answer::Forgotten
    }
}
