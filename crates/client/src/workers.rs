use serde::Deserialize;

use super::send::Repeat;
use super::{Client, Error, Json, Sent};

/// Who is alive.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Workers {
    /// Workers and schedulers, the longest alive first.
    pub workers: Vec<Worker>,
}

/// A live worker or scheduler.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Worker {
    pub id: String,
    /// `worker` or `scheduler`.
    pub kind: String,
    pub host: String,
    pub pid: u32,
    pub role: Option<String>,
    #[serde(default)]
    pub queues: Vec<String>,
    /// None of a scheduler.
    pub slots: Option<Slots>,
    /// Attempts that run.
    pub running: Option<u32>,
    /// It claims nothing more and ends when its attempts have ended.
    #[serde(default)]
    pub draining: bool,
    /// Of its program.
    pub version: String,
    pub started_at: String,
    pub last_seen: String,
}

/// The places of a worker.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Slots {
    pub total: u32,
    pub free: Option<u32>,
}

impl Client {
    /// Live workers and schedulers.
    pub async fn workers(&self) -> Result<Sent<Workers>, Error> {
        self.call(self.http.get(self.at(&["workers"])), Repeat::Safe).await
    }

    /// Asks a worker to claim nothing more, let its attempts end, and exit. Asking again changes nothing.
    pub async fn drain(&self, worker: &str) -> Result<Json, Error> {
        self.call(self.http.post(self.at(&["workers", worker, "drain"])), Repeat::Safe).await
    }
}
