use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Policy, TaskType};

/// What a worker publishes of a task type that it can run; the catalogue keeps the newest of each type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    #[serde(flatten)]
    pub task_type: TaskType,
    /// Where a submission goes that names no queue.
    pub queue: String,
    pub policy: Policy,
    /// JSON Schema of the parameters; none = anything goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters_schema: Option<Value>,
}
