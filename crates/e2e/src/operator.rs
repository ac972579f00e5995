//! What an operator does: queues and roles, over the REST API.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::Api;

/// A change reaches everyone within one second; the rest is for a machine with much else to do. Less than what a lost
/// message would cost.
pub const AT_ONCE: Duration = Duration::from_secs(3);

/// Parameters of a task that writes a journal and takes so long.
pub fn recorded(journal: &Path, seconds: f64) -> Value {
    json!({"journal": journal, "seconds": seconds, "end": "complete"})
}

impl Api {
    /// Creates a queue with these limits, and gives it to workers of the role `default`, besides `default`.
    pub async fn open_queue(&self, name: &str, limits: Value) {
        self.create_queue(name, limits).await;
        self.give("default", &["default", name]).await;
    }

    pub async fn create_queue(&self, name: &str, limits: Value) {
        let (status, answer) = self.post("/queues", named(name, limits)).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Replaces all limits of a queue.
    pub async fn limit(&self, name: &str, limits: Value) {
        let (status, answer) = self.call(Method::PUT, &format!("/queues/{name}"), Some(named(name, limits))).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Gives a role these queues and no others.
    pub async fn give(&self, role: &str, queues: &[&str]) {
        let (status, answer) = self.call(Method::PUT, &format!("/roles/{role}"), Some(json!({"queues": queues}))).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn pause(&self, queue: &str) {
        let (status, answer) = self.call(Method::POST, &format!("/queues/{queue}/pause"), None).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn resume(&self, queue: &str) {
        let (status, answer) = self.call(Method::POST, &format!("/queues/{queue}/resume"), None).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Submits a task to a queue; its id.
    pub async fn submit_to(&self, queue: &str, name: &str, parameters: Value) -> String {
        let body = json!({"name": name, "version": 1, "queue": queue, "parameters": parameters});
        let (status, task) = self.post("/tasks", body).await;
        assert_eq!(status, 201, "{task}");
        task["id"].as_str().expect("a task has an id").to_owned()
    }

    /// Submits many equal tasks to a queue.
    pub async fn fill(&self, queue: &str, name: &str, parameters: &Value, count: usize) {
        const BATCH: usize = 10_000;
        let task = json!({"name": name, "version": 1, "queue": queue, "parameters": parameters});
        let mut left = count;
        while left > 0 {
            let some = left.min(BATCH);
            let (status, answer) = self.post("/tasks/batch", Value::Array(vec![task.clone(); some])).await;
            assert_eq!(status, 200, "{answer}");
            let results = answer["results"].as_array().expect("results");
            assert!(results.iter().all(|result| result["status"] == "submitted"), "{}", results[0]);
            left -= some;
        }
    }

    /// All tasks that a filter lets through.
    pub async fn listed(&self, filter: &str) -> Vec<Value> {
        let mut tasks = Vec::new();
        let mut cursor = String::new();
        loop {
            let (status, page) = self.call(Method::GET, &format!("/tasks?{filter}&limit=1000{cursor}"), None).await;
            assert_eq!(status, 200, "{page}");
            tasks.extend(page["tasks"].as_array().expect("tasks").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return tasks,
            }
        }
    }

    /// The queues of each live worker, as it says itself.
    pub async fn consumed(&self) -> Vec<Vec<String>> {
        let (status, answer) = self.call(Method::GET, "/workers", None).await;
        assert_eq!(status, 200, "{answer}");
        let workers = answer["workers"].as_array().expect("workers").iter().filter(|worker| worker["kind"] == "worker");
        workers.map(|worker| serde_json::from_value(worker["queues"].clone()).expect("names of queues")).collect()
    }
}

fn named(name: &str, mut body: Value) -> Value {
    body["name"] = json!(name);
    body
}
