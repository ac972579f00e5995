use serde::Deserialize;

use super::send::Repeat;
use super::{Client, Error, Sent};

/// How the queues are doing, at one moment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct QueueStats {
    /// When it was counted.
    pub at: String,
    pub queues: Vec<QueueState>,
}

/// How one queue is doing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct QueueState {
    pub queue: String,
    pub waiting: u64,
    pub scheduled: u64,
    pub started: u64,
    /// Dead letters.
    pub dead: u64,
    /// About how long the task has waited that waits longest; none if none waits.
    pub oldest_waiting_seconds: Option<f64>,
    #[serde(default)]
    pub paused: bool,
    /// Live workers that take tasks from it.
    pub consumers: u64,
    /// The roles that have it; one without workers is run by nobody.
    #[serde(default)]
    pub roles: Vec<RoleState>,
    pub last_minute: Rate,
    pub last_hour: Rate,
}

/// Who takes tasks from a queue, of one role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoleState {
    pub role: String,
    pub workers: u64,
}

/// What ended in some time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Rate {
    /// Tasks that ended per second, however they did.
    pub throughput: f64,
    /// Which part of them failed, 0 to 1; none if none ended.
    pub failure_rate: Option<f64>,
}

impl Client {
    /// How every queue is doing; counted once a second.
    pub async fn queue_stats(&self) -> Result<Sent<QueueStats>, Error> {
        self.call(self.http.get(self.at(&["queue-stats"])), Repeat::Safe).await
    }
}
