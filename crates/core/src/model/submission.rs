use std::time::Duration;

use bytes::Bytes;

use super::{TaskId, TaskType, Timestamp};

/// The priority of a submission that names none. 0 goes first.
pub const DEFAULT_PRIORITY: u8 = 5;
/// The priority that goes last.
pub const LOWEST_PRIORITY: u8 = 9;

/// Stands for the content of a submission as it was sent, to tell a repetition from a conflict.
pub type Fingerprint = [u8; 8];

/// Stands for a client's idempotency key: the first bytes of its SHA-256.
pub type IdempotencyKey = [u8; 16];

/// When a new task may start, by the clock of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    At(Timestamp),
    After(Duration),
}

/// A task to be stored: checked, with its queue resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    pub id: TaskId,
    pub task_type: TaskType,
    pub queue: String,
    /// 0 to 9, 0 first.
    pub priority: u8,
    pub when: When,
    /// A JSON object, kept byte for byte.
    pub parameters: Bytes,
    /// A JSON object that the submitter wants to see again.
    pub metadata: Option<Bytes>,
    /// The W3C trace id of the submission, 32 hexadecimal digits.
    pub trace_id: Option<String>,
    pub fingerprint: Fingerprint,
    /// If it has not started by then, it never does: it is cancelled.
    pub expires_at: Option<Timestamp>,
    pub idempotency_key: Option<IdempotencyKey>,
}
