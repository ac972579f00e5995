use jobbers_core::model::Status;

use super::action::Ending;
use super::answer::{Moved, TurnAnswer};
use super::store::{Remembered, Store};

pub(super) const TASKS: usize = 2;
pub(super) const WORKERS: usize = 2;

/// What an attempt is known by. The n-th of a task, also over its removal: real ones are random.
pub(super) type Token = u8;

/// Everything: the store, and what those who call it know and have under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub store: Store,
    pub workers: [Worker; WORKERS],
    /// A decision between its listing and its application, or applied with its answer lost.
    pub reaping: Option<Verdict>,
    pub stalling: Option<Verdict>,
    /// A task whose resubmission was applied; its answer was lost, and the request is sent again at some time.
    pub resubmitting: Option<usize>,
    /// Tasks whose client was told that they are stored.
    pub accepted: [bool; TASKS],
    pub mishaps_left: u8,
}

/// A process that runs tasks. One that is frozen is one that takes no step for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Worker {
    pub held: [Option<Held>; TASKS],
    /// Of its last turn.
    pub sequence: u8,
    /// A turn whose answer was lost: a copy of it can still arrive, also after it was sent again.
    pub copy: Option<Turn>,
    /// It has no answer to that turn, and sends it again before any other.
    pub waits: bool,
}

/// A task as its worker knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Held {
    pub token: Token,
    pub failures: u8,
    /// It was told that someone asks for the task's end.
    pub asked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Turn {
    pub sequence: u8,
    pub finish: Option<Finish>,
    pub claims: bool,
    /// What the store answered first.
    pub answer: TurnAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Finish {
    pub task: usize,
    pub token: Token,
    pub ending: Ending,
    pub failures: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Verdict {
    pub task: usize,
    pub token: Token,
    /// As listed; of no meaning to a stall.
    pub lost: u8,
    pub counts_as_lost: bool,
    /// What the store answered first.
    pub answer: Option<Moved>,
}

impl State {
    pub fn new(mishaps: u8) -> Self {
        Self {
            store: Store::default(),
            workers: [Worker::default(); WORKERS],
            reaping: None,
            stalling: None,
            resubmitting: None,
            accepted: [false; TASKS],
            mishaps_left: mishaps,
        }
    }

    /// The same without what makes no difference any more: turns are numbered so that a worker's last is 1 and a copy
    /// of an older one is 0, and the store remembers nothing that no copy can ask for.
    pub fn settled(mut self) -> Self {
        for (worker, turn) in self.workers.iter_mut().zip(&mut self.store.turns) {
            let last = worker.sequence;
            worker.sequence = 0;
            let Some(copy) = &mut worker.copy else {
                *turn = None;
                continue;
            };
            worker.sequence = 1;
            if copy.sequence == last {
                copy.sequence = 1;
                if let Some(turn) = turn {
                    turn.sequence = 1;
                }
            } else {
                // The store is to refuse it unread; a claim is enough to see one that does not.
                *copy = Turn { sequence: 0, finish: None, claims: true, answer: TurnAnswer::default() };
                *turn = Some(Remembered { sequence: 1, answer: TurnAnswer::default() });
            }
        }
        self
    }

    /// Whether no task that was accepted has still something before it.
    pub fn is_at_rest(&self) -> bool {
        self.accepted
            .iter()
            .zip(&self.store.records)
            .all(|(accepted, record)| !accepted || record.is_some_and(|record| record.status.is_ended()))
    }

    pub fn status(&self, task: usize) -> Status {
        self.store.records[task].map_or(Status::Unsubmitted, |record| record.status)
    }
}
