use serde::Serialize;
use serde_json::{Map, Value};

/// A task to be submitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Submission {
    pub name: String,
    pub version: u32,
    pub parameters: Value,
    /// Chosen by the client if none: the same id with the same content is one task, however often it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// None: where tasks of this type belong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// 0 to 9, 0 first; 5 if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Seconds from now on. Not together with `run_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<f64>,
    /// RFC 3339 with an offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_at: Option<String>,
    /// RFC 3339 with an offset: if it has not started by then, it is cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

impl Submission {
    /// A task of a type, without parameters, to run as soon as possible.
    pub fn new(name: impl Into<String>, version: u32) -> Self {
        Self {
            name: name.into(),
            version,
            parameters: Value::Object(Map::new()),
            id: None,
            queue: None,
            priority: None,
            delay: None,
            run_at: None,
            expires_at: None,
            metadata: None,
        }
    }

    /// With these parameters, an object.
    #[must_use]
    pub fn parameters(mut self, parameters: Value) -> Self {
        self.parameters = parameters;
        self
    }
}
