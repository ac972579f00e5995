use crate::lifecycle::Transition;
use crate::model::{Policy, Progress, TaskId, TaskType, Timestamp, Token, WorkerId};

#[derive(Debug, Clone, PartialEq)]
pub struct Overdue {
    pub now: Timestamp,
    pub tasks: Vec<OverdueTask>,
    /// After the store was away: nothing is listed before this time.
    pub waiting_until: Option<Timestamp>,
}

/// A started task whose lease is over, with all that a decision needs.
#[derive(Debug, Clone, PartialEq)]
pub struct OverdueTask {
    pub id: TaskId,
    pub task_type: TaskType,
    pub queue: String,
    pub token: Token,
    pub worker: WorkerId,
    pub attempt: u32,
    pub lost: u32,
    pub started_at: Timestamp,
    /// Of the lease.
    pub deadline: Timestamp,
    /// False if the lease ended while the store was away: then nobody can say that the worker died.
    pub counts_as_lost: bool,
    pub progress: Option<Progress>,
    /// The policy under which it was started.
    pub policy: Policy,
}

/// What is to become of an overdue task.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub id: TaskId,
    /// The token that was decided on.
    pub token: Token,
    /// The end of the lease that was decided on: one that was renewed since is another lease.
    pub deadline: Timestamp,
    pub transition: Transition,
}
