use serde::Deserialize;
use serde_json::Value;

use super::send::Repeat;
use super::{Client, Error, Sent};

/// The catalogue: the task types that workers have registered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RegisteredTasks {
    /// By name and version.
    pub tasks: Vec<TaskType>,
}

/// A kind of task that can be submitted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TaskType {
    pub name: String,
    pub version: u32,
    /// Where a submission goes that names no queue.
    pub queue: String,
    /// How its tasks are treated; durations in seconds.
    #[serde(default)]
    pub configuration: Value,
    /// JSON Schema; none if anything goes.
    pub parameters_schema: Option<Value>,
    /// Ids of the live workers that can run it.
    #[serde(default)]
    pub workers: Vec<String>,
}

impl Client {
    /// The task types that can be submitted.
    pub async fn registered_tasks(&self) -> Result<Sent<RegisteredTasks>, Error> {
        self.call(self.http.get(self.at(&["registered-tasks"])), Repeat::Safe).await
    }
}
