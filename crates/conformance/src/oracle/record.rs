use jobbers_core::lifecycle::{Event, step};
use jobbers_core::model::{Fingerprint, Status, Task, Timestamp, Token};

use super::Mover;

/// One task, with what a store knows of it beyond what it shows.
#[derive(Debug)]
pub(super) struct Record {
    pub task: Task,
    /// It was the n-th to be submitted.
    pub number: u64,
    pub fingerprint: Fingerprint,
    pub is_dead_letter: bool,
    /// The request that made it run again last.
    pub resubmitted_by: Option<[u8; 8]>,
    /// Of the last attempt.
    pub token: Option<Token>,
    /// Of the last lease.
    pub deadline: Timestamp,
    /// While it runs under a heartbeat interval: when it counts as silent.
    pub silent_at: Option<Timestamp>,
    /// How the last attempt ended; none while it runs.
    pub left: Option<Left>,
    /// Someone's wish changed what would have become of it: the seam leaves open whether that attempt counts, until a
    /// store has shown it.
    pub failures_are_open: bool,
    pub lost_is_open: bool,
    /// Its handler has said something in the attempt that runs.
    pub has_beaten: bool,
}

/// How a task left `started`: what a repetition of that step is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    pub token: Token,
    pub by: Mover,
    pub status: Status,
}

impl Record {
    /// Goes where the lifecycle says.
    pub fn step(&mut self, event: Event) {
        self.task.status = step(self.task.status, event).expect("the model only takes steps of the lifecycle");
    }

    /// The deadline of its lease, if that is over.
    pub fn overdue_since(&self, now: Timestamp) -> Option<Timestamp> {
        (self.task.status == Status::Started && self.deadline <= now).then_some(self.deadline)
    }

    /// Whether this token gives the right to this task now.
    pub fn is_held_under(&self, token: Token) -> bool {
        self.task.status == Status::Started && self.token == Some(token)
    }
}
