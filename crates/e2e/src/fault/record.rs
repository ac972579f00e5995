//! What the API says in the end.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::client::Client;
use super::recorded::Completed;

/// A task as `GET /tasks/{id}` answers it, as far as it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Record {
    pub id: String,
    pub status: String,
    pub attempt: u32,
    pub retry_attempt: u32,
    pub lost: u32,
    pub result: Option<Completed>,
    pub attempts: Vec<Ended>,
    pub submitted_at: String,
    pub started_at: Option<String>,
}

/// An attempt that did not complete its task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ended {
    pub attempt: u32,
    pub started_at: String,
    pub failed_at: String,
    pub error_type: String,
}

impl Ended {
    /// Whether it was taken from its worker because the lease was over.
    pub fn is_lost(&self) -> bool {
        self.error_type == "WorkerLost"
    }
}

/// All statuses of tasks that the store knows.
pub const STATUSES: [&str; 8] =
    ["submitted", "scheduled", "started", "completed", "failed", "cancelled", "stalled", "dropped"];

/// What the API says of all tasks.
#[derive(Debug, Default)]
pub struct Said {
    /// By `GET /tasks/{id}`, of the tasks that were asked for and are known.
    pub records: HashMap<String, Record>,
    /// By the lists of the statuses: where each task is.
    pub listed: HashMap<String, Vec<&'static str>>,
    /// The tasks in the list of dead letters.
    pub dead: Vec<String>,
    /// By `GET /queue-stats`: waiting, scheduled, started, dead.
    pub counted: [u64; 4],
}

/// Requests at once.
const AT_ONCE: usize = 8;

impl Said {
    /// Asks for each of these tasks, and for every list.
    pub async fn of(client: &Arc<Client>, ids: Vec<String>) -> Self {
        let records = stream::iter(ids).map(|id| record(client, id)).buffer_unordered(AT_ONCE);
        let records = records.filter_map(async |record| record).map(|record| (record.id.clone(), record));
        let mut said = Self { records: records.collect().await, ..Self::default() };
        for status in STATUSES {
            for id in client.list(&format!("/tasks?status={status}")).await {
                said.listed.entry(id).or_default().push(status);
            }
        }
        said.dead = client.list("/dead-letter-queue?queue=default").await;
        said.counted = counted(client).await;
        said
    }
}

async fn record(client: &Client, id: String) -> Option<Record> {
    let (status, answer) = client.repeat(Method::GET, &format!("/tasks/{id}"), None).await?;
    if status == 404 {
        return None;
    }
    Some(serde_json::from_value(answer.clone()).unwrap_or_else(|error| panic!("{id}: {status} {answer}: {error}")))
}

async fn counted(client: &Client) -> [u64; 4] {
    let stats = client.ask("/queue-stats").await;
    let queues = stats["queues"].as_array().map(Vec::as_slice).unwrap_or_default();
    ["waiting", "scheduled", "started", "dead"]
        .map(|what| queues.iter().filter_map(|queue: &Value| queue[what].as_u64()).sum())
}
