use serde::Deserialize;

use super::send::Repeat;
use super::{Client, Error, Progress, Sent, Status};

/// Why a task is not running, or that it is. Times are RFC 3339 in UTC; what does not belong to the reason is none.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Explanation {
    pub task_id: String,
    pub status: Status,
    pub reason: Reason,
    /// The reason for people.
    pub sentence: String,
    /// The moment that it is about.
    pub at: String,
    pub queue: String,
    pub name: String,
    pub version: u32,
    /// When it ended.
    pub ended_at: Option<String>,
    /// What went wrong last, if it ended by that.
    pub error: Option<String>,
    pub attempt: Option<u32>,
    /// Of what runs: since when.
    pub started_at: Option<String>,
    /// Of what runs: who has it.
    pub worker: Option<String>,
    pub heartbeat_at: Option<String>,
    pub progress: Option<Progress>,
    /// Of what runs: since when its end has been asked for.
    pub cancel_requested_at: Option<String>,
    /// When it is due.
    pub run_at: Option<String>,
    /// Which retry it is, from 1.
    pub retry: Option<u32>,
    /// Of what is overdue: the roles whose queues alone the live schedulers look after.
    pub scheduler_roles: Option<Vec<String>>,
    pub expired_at: Option<String>,
    /// Where a scheduler has to do something.
    pub scheduler_alive: Option<bool>,
    pub waiting_since: Option<String>,
    /// How many tasks of its type wait in its queue, it among them.
    pub waiting_of_type: Option<u64>,
    /// There is no such queue any more.
    pub queue_missing: Option<bool>,
    /// Live workers that take tasks from other queues, or drain.
    pub other_workers: Option<u64>,
    /// Live workers that take tasks from its queue, where none knows its type.
    pub consumers: Option<u64>,
    /// A scheduler drops it, once it has waited for as long as that one allows.
    pub will_be_dropped: Option<bool>,
    /// Live workers that could run it.
    pub workers: Option<u64>,
    /// Those of them that had a free slot for it when they were heard of last.
    pub workers_with_free_slot: Option<u64>,
}

/// The reason in a word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It has ended.
    Ended,
    /// A live worker runs it.
    Running,
    /// A live worker runs it, and was asked to end it.
    Stopping,
    /// The worker that has it is not alive.
    WorkerLost,
    /// It is due later.
    Scheduled,
    /// It is due, and no scheduler has moved it into its queue yet.
    Overdue,
    /// It did not start in time.
    Expired,
    QueuePaused,
    /// No live worker takes tasks from its queue.
    NoConsumer,
    /// Live workers take tasks from its queue, but none knows its type.
    UnknownType,
    /// Live workers could run it.
    Waiting,
    /// One that this client does not know: the manager is newer.
    #[serde(untagged)]
    Other(String),
}

impl Client {
    /// Why a task is not running, or that it is.
    pub async fn explain(&self, id: &str) -> Result<Sent<Explanation>, Error> {
        self.call(self.http.get(self.at(&["tasks", id, "explain"])), Repeat::Safe).await
    }
}
