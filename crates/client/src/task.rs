use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::Status;

/// A task as the manager knows it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    pub id: String,
    pub name: String,
    pub version: u32,
    pub queue: String,
    pub status: Status,
    /// What its handler returned; none until it is completed.
    pub result: Option<Value>,
    /// How its last attempt that did not end well ended.
    pub error: Option<String>,
    /// The number of its last attempt, from 1; 0 before the first.
    pub attempt: u32,
    pub progress: Option<Value>,
    pub cancel_requested_at: Option<String>,
    /// Everything that the manager sent, as it sent it.
    pub body: Map<String, Value>,
}

#[derive(Deserialize)]
struct Known {
    id: String,
    name: String,
    version: u32,
    queue: String,
    status: Status,
    error: Option<String>,
    #[serde(default)]
    attempt: u32,
    cancel_requested_at: Option<String>,
}

impl<'de> Deserialize<'de> for Task {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Map::deserialize(deserializer)?;
        let known: Known = serde_json::from_value(Value::Object(body.clone())).map_err(D::Error::custom)?;
        Ok(Self {
            id: known.id,
            name: known.name,
            version: known.version,
            queue: known.queue,
            status: known.status,
            result: body.get("result").cloned(),
            error: known.error,
            attempt: known.attempt,
            progress: body.get("progress").cloned(),
            cancel_requested_at: known.cancel_requested_at,
            body,
        })
    }
}
