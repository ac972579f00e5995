use crate::model::Status;

/// What became of a step that moves a started task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveOutcome {
    /// The task has left `started` by this step (or by the same step sent before) and went to this status.
    Applied { status: Status },
    /// The token is not the record's any more, or the task was renewed meanwhile: nothing changed.
    /// `now` is the task's status; none if the store does not know the task.
    Stale { now: Option<Status> },
}
