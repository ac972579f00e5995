use crate::model::Status;

/// What became of the wish to remove a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgetOutcome {
    /// The store no longer knows it.
    Forgotten,
    /// It has not ended; nothing changed.
    Live {
        now: Status,
    },
    NotFound,
}
