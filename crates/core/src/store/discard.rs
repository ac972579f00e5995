use crate::model::Status;

/// What became of the wish to take a task out of the dead letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscardOutcome {
    /// It is no dead letter any more: a failed task like any other.
    Discarded,
    /// It was none; nothing changed.
    NotDead {
        now: Status,
    },
    NotFound,
}
