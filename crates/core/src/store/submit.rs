use crate::model::{Status, TaskId, Timestamp};

/// What became of one submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It waits now: `submitted`, or `scheduled` with the time when it is due.
    Stored { status: Status, submitted_at: Timestamp, run_at: Option<Timestamp> },
    /// The same submission was stored before; `now` is the task's status.
    Exists { now: Status },
    /// Another submission has this id; nothing changed.
    Conflict { now: Status },
    /// The idempotency key stands for this task already; nothing changed. `same` says whether the fingerprints are.
    SameKey { id: TaskId, now: Status, same: bool },
}
