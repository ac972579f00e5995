use crate::model::{Status, Timestamp};

/// What became of the wish for a task's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It waited and is cancelled now.
    Cancelled,
    /// It runs: the intent is recorded (since then, if it was asked before) and its worker told.
    Requested {
        since: Timestamp,
    },
    /// It had ended.
    Ended {
        status: Status,
    },
    NotFound,
}
