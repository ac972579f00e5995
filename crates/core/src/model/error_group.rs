use serde::{Deserialize, Serialize};

use super::{TaskType, Timestamp};

/// Stands for errors that are alike: the first bytes of the SHA-256 of [`ErrorKind`].
pub type ErrorFingerprint = [u8; 8];

/// What errors that are alike have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ErrorKind {
    pub error_type: String,
    /// The message with what varies left out.
    pub message: String,
}

/// Dead letters of one task type in one queue whose errors are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorGroup {
    pub queue: String,
    pub task_type: TaskType,
    pub kind: ErrorKind,
    /// How many dead letters there are.
    pub count: u64,
    /// When the first one failed that made this group; it may have left the queue since.
    pub first: Timestamp,
    /// When the last one failed.
    pub last: Timestamp,
}
