use std::collections::{HashMap, HashSet};

use jobbers_core::model::{TaskType, Timestamp, Token};
use jobbers_core::store::{Claim, ClaimedTask, MoveOutcome, Turn, TurnReply};

use super::slots::Slots;
use super::{Model, Mover};

/// The last turn of a worker, to answer it again.
#[derive(Debug)]
pub(super) struct LastTurn {
    sequence: u64,
    finished: Vec<MoveOutcome>,
    claimed: Vec<ClaimedTask>,
    parked: bool,
    next_slot: Option<Timestamp>,
}

/// What an answer should have been instead.
pub type Objection = String;

impl Model {
    /// The step `turn`, choosing fairly: `served` counts what each lane has been given.
    pub(super) fn turn(&mut self, turn: &Turn, served: &mut HashMap<(String, TaskType), u64>) -> TurnReply {
        if let Some(reply) = self.answer_again(turn) {
            return reply;
        }
        let finished = self.finish(turn);
        let mut claimed = Vec::new();
        let mut parked = false;
        let mut next_slot = None;
        let is_late = self.turns.get(&turn.worker).is_some_and(|last| last.sequence > turn.sequence);
        if let Some(claim) = &turn.claim
            && !is_late
        {
            let mut slots = Slots::of(claim, self);
            while let Some(&id) = self.candidates(&slots, served).first() {
                let token = token_of(claim, claimed.len());
                let task = self.take(&mut slots, turn.worker, turn.lease, id, token);
                let count = served.values().max().copied().unwrap_or_default() + 1;
                served.insert((task.queue.clone(), task.task_type.clone()), count);
                claimed.push(task);
            }
            parked = claimed.len() < claim.tasks as usize;
            next_slot = self.next_slot(&slots);
        }
        let reply = TurnReply { now: self.now, finished, claimed, parked, next_slot };
        if !is_late {
            self.remember(turn, &reply);
        }
        reply
    }

    /// Takes over a store's answer to a turn, or says what is wrong with it.
    pub fn follow_turn(&mut self, turn: &Turn, reply: &TurnReply) -> Result<(), Objection> {
        expect("now", &self.now, &reply.now)?;
        if self.turns.get(&turn.worker).is_some_and(|last| last.sequence == turn.sequence) {
            return self.follow_repeated_turn(turn, reply);
        }
        let finished = self.finish(turn);
        for (index, finish) in turn.finishes.iter().enumerate() {
            self.follow_finish(finish.id, finish.token, finished[index], reply.finished[index])?;
        }
        let Some(claim) = &turn.claim else {
            expect("claimed without a claim", &Vec::new(), &reply.claimed)?;
            expect("parked without a claim", &false, &reply.parked)?;
            expect("next_slot without a claim", &None, &reply.next_slot)?;
            self.remember(turn, reply);
            return Ok(());
        };
        let mut slots = Slots::of(claim, self);
        let mut tokens = HashSet::new();
        for task in &reply.claimed {
            let candidates = self.candidates(&slots, &HashMap::new());
            if !candidates.contains(&task.id) {
                return Err(format!("{} was claimed; it was the turn of one of {candidates:?}", task.id));
            }
            if !tokens.insert(task.token) || !task.token.to_bytes().starts_with(&claim.token_seed) {
                return Err(format!("{} is not a fresh token of this turn", task.token));
            }
            let expected = self.take(&mut slots, turn.worker, turn.lease, task.id, task.token);
            expect("claimed", &expected, task)?;
        }
        let left_over = self.candidates(&slots, &HashMap::new());
        if !left_over.is_empty() {
            return Err(format!("one of {left_over:?} could have been claimed, too"));
        }
        if reply.claimed.len() == claim.tasks as usize {
            expect("parked with all that it asked for", &false, &reply.parked)?;
        } else if slots.parks() {
            expect("parked with less than it asked for", &true, &reply.parked)?;
        }
        self.follow_next_slot(&slots, reply.next_slot)?;
        self.remember(turn, reply);
        Ok(())
    }

    fn follow_repeated_turn(&self, turn: &Turn, reply: &TurnReply) -> Result<(), Objection> {
        let last = &self.turns[&turn.worker];
        for (index, finish) in turn.finishes.iter().enumerate() {
            self.follow_finish(finish.id, finish.token, last.finished[index], reply.finished[index])?;
        }
        expect("next_slot again", &last.next_slot, &reply.next_slot)?;
        expect("claimed again", &self.still_held(last), &reply.claimed)
    }

    /// A finish that was applied is answered so again as long as its token is the record's last; after that it may
    /// be answered either way. Which status it names when the task has moved on since is left open.
    fn follow_finish(
        &self,
        id: jobbers_core::model::TaskId,
        token: Token,
        expected: MoveOutcome,
        actual: MoveOutcome,
    ) -> Result<(), Objection> {
        let record = self.records.get(&id);
        let now = record.map(|record| record.task.status);
        let is_last = record.is_some_and(|record| record.token == Some(token));
        let agrees = match (expected, actual) {
            (MoveOutcome::Applied { status: expected }, MoveOutcome::Applied { status }) => {
                status == expected || Some(status) == now
            }
            (MoveOutcome::Applied { .. }, MoveOutcome::Stale { .. }) => !is_last,
            (MoveOutcome::Stale { now: expected }, MoveOutcome::Stale { now: actual }) => {
                expected == actual || actual == now
            }
            (MoveOutcome::Stale { .. }, MoveOutcome::Applied { .. }) => false,
        };
        if agrees { Ok(()) } else { Err(format!("the end of {id} was answered {actual:?}, not {expected:?}")) }
    }

    fn finish(&mut self, turn: &Turn) -> Vec<MoveOutcome> {
        self.stop(&turn.stopped);
        let head = self.rank_before_all();
        turn.finishes
            .iter()
            .map(|finish| self.leave(Mover::Worker, finish.id, finish.token, &finish.transition, head))
            .collect()
    }

    fn remember(&mut self, turn: &Turn, reply: &TurnReply) {
        let last = LastTurn {
            sequence: turn.sequence,
            finished: reply.finished.clone(),
            claimed: reply.claimed.clone(),
            parked: reply.parked,
            next_slot: reply.next_slot,
        };
        self.turns.insert(turn.worker, last);
    }

    fn answer_again(&self, turn: &Turn) -> Option<TurnReply> {
        let last = self.turns.get(&turn.worker).filter(|last| last.sequence == turn.sequence)?;
        Some(TurnReply {
            now: self.now,
            finished: last.finished.clone(),
            claimed: self.still_held(last),
            parked: last.parked,
            next_slot: last.next_slot,
        })
    }

    fn still_held(&self, last: &LastTurn) -> Vec<ClaimedTask> {
        let held =
            |task: &&ClaimedTask| self.records.get(&task.id).is_some_and(|record| record.is_held_under(task.token));
        last.claimed.iter().filter(held).cloned().collect()
    }
}

fn token_of(claim: &Claim, index: usize) -> Token {
    let [a, b, c, d, e, f] = claim.token_seed;
    let [high, low] = u16::try_from(index).expect("a bounded batch").to_be_bytes();
    Token::from_bytes([a, b, c, d, e, f, high, low])
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, actual: &T) -> Result<(), Objection> {
    if expected == actual { Ok(()) } else { Err(format!("{what}: {actual:?} instead of {expected:?}")) }
}
