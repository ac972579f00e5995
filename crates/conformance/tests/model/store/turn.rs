use jobbers_core::lifecycle::Event;
use jobbers_core::model::Status;

use super::{Mover, Remembered, Step};
use crate::model::answer::{Answer, Claimed, TurnAnswer};
use crate::model::decide;
use crate::model::guard::Guard;
use crate::model::state::{Token, Turn};

/// A lease that does not end.
pub(in crate::model) const FOR_EVER: u8 = u8::MAX;

impl Step<'_> {
    pub fn turn(&mut self, worker: usize, turn: &Turn) -> Answer {
        if let Some(last) = self.store.turns[worker] {
            if last.sequence == turn.sequence && self.rules.has(Guard::RememberedTurn) {
                let claimed = last.answer.claimed.filter(|claimed| self.is_held(claimed));
                return Answer::TurnAgain(TurnAnswer { claimed, ..last.answer });
            }
            if last.sequence > turn.sequence && self.rules.has(Guard::LateTurn) {
                return Answer::TooLate;
            }
        }
        let finished = turn.finish.map(|finish| {
            let transition = decide::finish(&self.rules.policy, &finish);
            self.leave(Mover::Worker, finish.task, finish.token, &transition)
        });
        let claimed = if turn.claims { self.claim(worker) } else { None };
        let answer = TurnAnswer { finished, claimed };
        self.store.turns[worker] = Some(Remembered { sequence: turn.sequence, answer });
        Answer::Turn(answer)
    }

    fn claim(&mut self, worker: usize) -> Option<Claimed> {
        let task = self.store.lane.first()?;
        self.store.lane.remove(task);
        self.follow(task, Event::Claim);
        self.store.started.insert(task);
        if self.rules.has(Guard::FreshTokenOnClaim) || self.store.tokens[task] == 0 {
            self.store.tokens[task] += 1;
        }
        let token = self.store.tokens[task];
        let bounds = &self.rules.bounds;
        let lease = if self.rules.has(Guard::LeaseOnClaim) { bounds.lease } else { FOR_EVER };
        let (silence, excused) = (bounds.silence, lease <= self.store.grace);
        let record = self.record(task);
        record.attempt += 1;
        record.left = None;
        (record.token, record.worker) = (token, Some(worker));
        (record.lease, record.silence, record.excused) = (lease, silence, excused);
        Some(Claimed { task, token, failures: record.failures })
    }

    fn is_held(&self, claimed: &Claimed) -> bool {
        let held = self.store.records[claimed.task]
            .is_some_and(|record| record.status == Status::Started && record.token == claimed.token);
        held || !self.rules.has(Guard::HeldOnRepeat)
    }

    pub fn renew(&mut self, task: usize, token: Token, beats: bool) -> Answer {
        let (bounds, grace) = (&self.rules.bounds, self.store.grace);
        let Some(record) = &mut self.store.records[task] else { return Answer::Taken };
        if (self.rules.has(Guard::TokenOnRenew) && record.token != token)
            || (self.rules.has(Guard::StateOnRenew) && record.status != Status::Started)
        {
            return Answer::Taken;
        }
        record.lease = bounds.lease;
        record.excused = bounds.lease <= grace;
        if beats {
            record.silence = bounds.silence;
        }
        // As the real ones do it: the set is ordered by deadline.
        self.store.started.insert(task);
        if record.wish { Answer::KeptButAsked } else { Answer::Kept }
    }
}
