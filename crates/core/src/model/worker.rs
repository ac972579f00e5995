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
    /// How busy a worker is; none of a scheduler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<WorkerLoad>,
}

/// How busy a worker is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkerLoad {
    /// Attempts that run.
    pub running: u32,
    /// Slots that are free.
    pub free: u32,
    /// Slots that are free for tasks of each of its queues.
    pub free_by_queue: Vec<(String, u32)>,
    /// Slots that are free for tasks of each of its types.
    pub free_by_type: Vec<(TaskType, u32)>,
    /// It claims nothing more and ends when its attempts have ended.
    pub draining: bool,
}
