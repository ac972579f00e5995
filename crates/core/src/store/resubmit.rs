use crate::model::{Status, TaskId};

/// Ended tasks to run again.
#[derive(Debug, Clone)]
pub struct Resubmit {
    /// At most [`MAX_BATCH`](super::MAX_BATCH).
    pub ids: Vec<TaskId>,
    /// Its failures do not count any more: it has all its retries again.
    pub reset_failures: bool,
    /// Leave alone what is no dead letter.
    pub only_dead: bool,
    /// Random, and the same for a step that is sent again.
    pub request: [u8; 8],
}

/// What became of the wish to run a task again, or at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgainOutcome {
    /// It waits now, at the tail of its lane.
    Applied,
    /// Its status does not allow it, or it is no dead letter and that was asked for; nothing changed.
    Conflict {
        now: Status,
    },
    NotFound,
}
