use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{AttemptEnd, Policy, Status, TaskId, TaskType, Timestamp, WorkerId};

/// How far a handler says it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// 0 to 100.
    pub percent: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A task as the store has it, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub id: TaskId,
    pub task_type: TaskType,
    pub queue: String,
    pub status: Status,
    pub priority: u8,
    /// JSON, byte for byte as submitted.
    pub parameters: Bytes,
    pub metadata: Option<Bytes>,
    pub trace_id: Option<String>,
    /// JSON; only of a completed task.
    pub result: Option<Bytes>,
    /// Attempts begun so far.
    pub attempt: u32,
    /// Attempts that failed since it was (re)submitted.
    pub failures: u32,
    /// Workers that died under it.
    pub lost: u32,
    /// Ends of attempts that did not complete the task, oldest first.
    pub attempts: Vec<AttemptEnd>,
    /// The policy under which it was last started; none before the first start.
    pub policy: Option<Policy>,
    pub progress: Option<Progress>,
    pub submitted_at: Timestamp,
    /// While it waits: since when.
    pub waiting_since: Option<Timestamp>,
    /// While scheduled: when it is due.
    pub run_at: Option<Timestamp>,
    /// If it has not started by then, it is cancelled; none any more once it was resubmitted.
    pub expires_at: Option<Timestamp>,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    pub heartbeat_at: Option<Timestamp>,
    /// When it ended, in whatever way.
    pub ended_at: Option<Timestamp>,
    pub cancel_requested_at: Option<Timestamp>,
    /// Who has it, or had it last.
    pub worker: Option<WorkerId>,
}

impl Task {
    /// When it expired, if that is what it was cancelled for. Once it has started, or was resubmitted, it does not
    /// expire any more.
    pub fn expired_at(&self) -> Option<Timestamp> {
        let over = |expires_at: &Timestamp| self.ended_at.is_some_and(|ended| ended >= *expires_at);
        self.expires_at.filter(|_| self.status == Status::Cancelled && self.attempt == 0).filter(over)
    }
}
