//! A store that is as small as can be: records, the sets that they are in, and what is remembered to answer again.
//! Time is ticks that are left, so that the clock itself is no part of a state.

mod client;
mod leave;
mod sweep;
mod turn;

use jobbers_core::lifecycle::{Event, Refused, step};
use jobbers_core::model::Status;

pub(super) use leave::Mover;

use super::answer::TurnAnswer;
use super::rules::Rules;
use super::state::{TASKS, Token, WORKERS};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Store {
    pub records: [Option<Record>; TASKS],
    pub lane: Lane,
    pub scheduled: Set,
    pub started: Set,
    pub ended: Set,
    pub dead: Set,
    pub turns: [Option<Remembered>; WORKERS],
    /// How many tokens each task has had.
    pub tokens: [Token; TASKS],
    /// Ticks until leases that are over are listed again, after the store was away.
    pub grace: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Record {
    pub status: Status,
    pub attempt: u8,
    pub failures: u8,
    pub lost: u8,
    /// Of the last attempt; 0 before the first.
    pub token: Token,
    /// Who has it, while it is started.
    pub worker: Option<usize>,
    /// Ticks left, while it is started.
    pub lease: u8,
    /// Its lease ended, or ends, while nobody could renew.
    pub excused: bool,
    /// Ticks left until it is silent, while it is started.
    pub silence: u8,
    /// Ticks left, while it is scheduled.
    pub due: u8,
    /// Someone asks for its end.
    pub wish: bool,
    /// The resubmission that made it run again last was the one that may be sent again.
    pub resubmitted: bool,
    /// How the last attempt ended; none while one runs.
    pub left: Option<(Mover, Status)>,
}

/// The last turn of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Remembered {
    pub sequence: u8,
    pub answer: TurnAnswer,
}

/// A set of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Set([bool; TASKS]);

impl Set {
    pub fn insert(&mut self, task: usize) {
        self.0[task] = true;
    }

    pub fn remove(&mut self, task: usize) {
        self.0[task] = false;
    }

    pub fn contains(&self, task: usize) -> bool {
        self.0[task]
    }
}

/// Waiting tasks, in order. One place more than there are tasks: a store that puts one in twice is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Lane([Option<usize>; TASKS + 1]);

impl Lane {
    pub fn first(&self) -> Option<usize> {
        self.0[0]
    }

    /// The entries, to name the tasks otherwise.
    pub fn named(&mut self) -> impl Iterator<Item = &mut usize> {
        self.0.iter_mut().flatten()
    }

    pub fn entries(&self, task: usize) -> usize {
        self.0.iter().filter(|entry| **entry == Some(task)).count()
    }

    pub fn push(&mut self, task: usize) {
        if let Some(free) = self.0.iter_mut().find(|entry| entry.is_none()) {
            *free = Some(task);
        }
    }

    pub fn push_first(&mut self, task: usize) {
        self.0.rotate_right(1);
        self.0[0] = Some(task);
    }

    /// Takes the first entry of a task out.
    pub fn remove(&mut self, task: usize) {
        if let Some(at) = self.0.iter().position(|entry| *entry == Some(task)) {
            self.0[at..].rotate_left(1);
            self.0[TASKS] = None;
        }
    }
}

/// One step of a store, while it is taken.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub rules: &'a Rules,
    pub store: &'a mut Store,
    /// What happened to tasks, in order; a turn may end one attempt and begin another.
    pub events: [Option<Event>; 2],
    /// The lifecycle did not allow what the store was about to do.
    pub refused: Option<Refused>,
}

impl<'a> Step<'a> {
    pub fn of(rules: &'a Rules, store: &'a mut Store) -> Self {
        Self { rules, store, events: [None; 2], refused: None }
    }

    fn record(&mut self, task: usize) -> &mut Record {
        self.store.records[task].as_mut().expect("a known task")
    }

    /// The only place where a status changes.
    fn follow(&mut self, task: usize, event: Event) {
        let from = self.store.records[task].map_or(Status::Unsubmitted, |record| record.status);
        match step(from, event) {
            Ok(Status::Unsubmitted) => self.store.records[task] = None,
            Ok(status) => self.record(task).status = status,
            Err(refused) => self.refused = Some(refused),
        }
        let free = usize::from(self.events[0].is_some());
        self.events[free] = Some(event);
    }
}
