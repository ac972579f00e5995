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
    /// Tasks of its type and priority that come first.
    pub ahead: Option<u64>,
    /// Whether `ahead` is exact; it is among the first 1,000, and an estimate behind them.
    pub ahead_exact: Option<bool>,
    /// Tasks of its queue that start first, of whatever type, by what waits now.
    pub ahead_in_queue: Option<u64>,
    /// When it starts if things go on as they do.
    pub estimated_start: Option<String>,
    /// Which limit is reached.
    pub limit: Option<Limit>,
    /// How many tasks that limit allows.
    pub limit_tasks: Option<u32>,
    /// How many run under it.
    pub running: Option<u64>,
    /// Some of those that run under it.
    pub held_by: Option<Vec<String>>,
    /// The rate limit in words, such as `100 per 2 seconds`.
    pub rate_limit: Option<String>,
    /// When the rate limit lets the next task of the queue start; none while it lets none start at all.
    pub next_slot_at: Option<String>,
    /// The roles that have the queue, where nobody consumes it.
    pub roles: Option<Vec<String>>,
    /// Live workers of these roles: they drain, or have not taken the queue on yet.
    pub role_workers: Option<u64>,
    /// There is no such queue any more.
    pub queue_missing: Option<bool>,
    /// Live workers of other roles.
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
    /// As many tasks run as a limit allows.
    ConcurrencyFull,
    /// As many tasks of its queue have started as its rate limit allows.
    RateLimited,
    /// Live workers could run it.
    Waiting,
    /// One that this client does not know: the manager is newer.
    #[serde(untagged)]
    Other(String),
}

/// A limit to what runs at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Of the queue, over all workers.
    QueueTotal,
    /// Of the task type, over all workers.
    TypeTotal,
    /// Of the queue, per worker.
    QueuePerWorker,
    /// Of the task type, per worker.
    TypePerWorker,
    /// The slots of the workers that could run it.
    WorkerSlots,
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
