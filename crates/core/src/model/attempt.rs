use serde::{Deserialize, Serialize};

use super::{Timestamp, WorkerId};

/// How an attempt ended that did not complete its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// The handler returned an error.
    Failed,
    TimedOut,
    Panicked,
    /// Its worker stopped renewing the lease.
    Lost,
    /// Fell silent, or was stopped at shutdown.
    Stalled,
    Cancelled,
    /// Interrupted at shutdown and queued again.
    HandedBack,
}

/// What is known of an attempt's end beyond its times; opaque to the stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndDetail {
    pub kind: EndKind,
    /// The error's message.
    pub error: String,
    /// The error's type, or the kind's name where there is none.
    pub error_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backtrace: Option<String>,
}

/// The end of one attempt, as kept in the task's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptEnd {
    /// Counts from 1.
    pub attempt: u32,
    /// Failures before this attempt: 0 for the first run, then the number of the retry.
    pub retry_attempt: u32,
    pub worker: WorkerId,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub detail: EndDetail,
}
