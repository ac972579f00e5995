use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Json, Status};

/// A task as the manager knows it. Times are RFC 3339 in UTC; what does not apply is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub id: String,
    pub name: String,
    pub version: u32,
    pub queue: String,
    pub status: Status,
    /// 0 to 9, 0 first.
    pub priority: u8,
    pub parameters: Value,
    /// What its handler returned; none until it is completed.
    pub result: Option<Value>,
    /// How its last attempt that went wrong did so.
    pub error: Option<String>,
    /// Ends of attempts that did not complete it, oldest first.
    pub attempts: Vec<Attempt>,
    /// The number of its last attempt, from 1; 0 before the first.
    pub attempt: u32,
    /// Failures since it was submitted, or submitted again.
    pub retry_attempt: u32,
    /// Workers that died under it.
    pub lost: u32,
    pub max_retries: Option<u32>,
    pub progress: Option<Progress>,
    pub submitted_at: Option<String>,
    /// When it is due, while it is scheduled.
    pub run_at: Option<String>,
    pub expires_at: Option<String>,
    pub started_at: Option<String>,
    /// How long it has been running; only in [`active`](super::Client::active).
    pub running_ms: Option<u64>,
    pub retried_at: Option<String>,
    pub heartbeat_at: Option<String>,
    /// When it ended, in whatever way.
    pub completed_at: Option<String>,
    pub cancel_requested_at: Option<String>,
    /// Who has it, or had it last.
    pub worker: Option<String>,
    pub metadata: Option<Value>,
    pub trace_id: Option<String>,
    /// Everything that the manager sent, as it sent it.
    pub json: Json,
}

/// How an attempt ended that did not complete its task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Attempt {
    /// From 1.
    pub attempt: u32,
    pub started_at: Option<String>,
    pub failed_at: Option<String>,
    pub worker: Option<String>,
    pub error: String,
    #[serde(default)]
    pub error_type: String,
    pub backtrace: Option<String>,
}

/// How far a handler says it is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Progress {
    /// 0 to 100.
    pub percent: f64,
    pub message: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    id: String,
    name: String,
    version: u32,
    queue: String,
    status: Status,
    #[serde(default)]
    priority: u8,
    #[serde(default)]
    parameters: Value,
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    error: Option<String>,
    #[serde(default)]
    attempts: Vec<Attempt>,
    #[serde(default)]
    attempt: u32,
    #[serde(default)]
    retry_attempt: u32,
    #[serde(default)]
    lost: u32,
    max_retries: Option<u32>,
    progress: Option<Progress>,
    submitted_at: Option<String>,
    run_at: Option<String>,
    expires_at: Option<String>,
    started_at: Option<String>,
    running_ms: Option<u64>,
    retried_at: Option<String>,
    heartbeat_at: Option<String>,
    completed_at: Option<String>,
    cancel_requested_at: Option<String>,
    worker: Option<String>,
    metadata: Option<Value>,
    trace_id: Option<String>,
}

/// A result that is null is a result.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for Task {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let known: Known = json.read().map_err(D::Error::custom)?;
        Ok(Self {
            id: known.id,
            name: known.name,
            version: known.version,
            queue: known.queue,
            status: known.status,
            priority: known.priority,
            parameters: known.parameters,
            result: known.result,
            error: known.error,
            attempts: known.attempts,
            attempt: known.attempt,
            retry_attempt: known.retry_attempt,
            lost: known.lost,
            max_retries: known.max_retries,
            progress: known.progress,
            submitted_at: known.submitted_at,
            run_at: known.run_at,
            expires_at: known.expires_at,
            started_at: known.started_at,
            running_ms: known.running_ms,
            retried_at: known.retried_at,
            heartbeat_at: known.heartbeat_at,
            completed_at: known.completed_at,
            cancel_requested_at: known.cancel_requested_at,
            worker: known.worker,
            metadata: known.metadata,
            trace_id: known.trace_id,
            json,
        })
    }
}
