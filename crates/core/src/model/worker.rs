use serde::{Deserialize, Serialize};

use super::{TaskType, Timestamp, WorkerId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessKind {
    Worker,
    Scheduler,
}

/// What a live worker or scheduler says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessInfo {
    pub id: WorkerId,
    pub kind: ProcessKind,
    pub host: String,
    pub pid: u32,
    pub role: Option<String>,
    pub queues: Vec<String>,
    /// Concurrent places; 0 for a scheduler.
    pub slots: u32,
    pub types: Vec<TaskType>,
    /// Of the program.
    pub version: String,
    pub started_at: Timestamp,
}
