use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::eventually;

/// The manager's REST API, spoken to directly.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    http: Client,
}

/// Longest wait for what should happen soon, also on a machine with much else to do.
pub const SOON: Duration = Duration::from_secs(30);

impl Api {
    /// At a base such as `http://127.0.0.1:8000`.
    pub fn at(base: &str) -> Self {
        // An error says that it was done before.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Client::builder().timeout(SOON).build().expect("an HTTP client");
        Self { base: base.to_owned(), http }
    }

    /// Such as `http://127.0.0.1:8000`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// For requests that are not like the others.
    pub fn http(&self) -> &Client {
        &self.http
    }

    /// Sends a request; an error if nobody answers.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match body {
            Some(body) => request.json(&body),
            None => request,
        }
        .send()
        .await
    }

    /// Status and JSON body of an answer that must come.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.send(method, path, body).await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_else(|error| panic!("{path}: {status} without JSON: {error}")))
    }

    pub async fn status(&self, path: &str) -> Option<u16> {
        self.send(Method::GET, path, None).await.ok().map(|answer| answer.status().as_u16())
    }

    /// Submits a task of version 1 that must be taken; its id.
    pub async fn submit(&self, name: &str, parameters: Value) -> String {
        let (status, task) = self.post("/tasks", json!({"name": name, "version": 1, "parameters": parameters})).await;
        assert_eq!(status, 201, "{task}");
        task["id"].as_str().expect("a task has an id").to_owned()
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn cancel(&self, id: &str) -> (u16, Value) {
        self.call(Method::POST, &format!("/tasks/{id}/cancel"), None).await
    }

    pub async fn task(&self, id: &str) -> Value {
        let (status, task) = self.call(Method::GET, &format!("/tasks/{id}"), None).await;
        assert_eq!(status, 200, "{task}");
        task
    }

    /// Waits for a status; the task then.
    pub async fn reaches(&self, id: &str, expected: &str) -> Value {
        let what = format!("task {id} is {expected}");
        eventually(&what, SOON, async || Some(self.task(id).await).filter(|task| task["status"] == expected)).await
    }

    /// Waits until workers have registered a task type: from then on it can be submitted.
    pub async fn knows(&self, name: &str) {
        let what = format!("{name} is known");
        eventually(&what, SOON, async || {
            let answer = self.send(Method::GET, "/", None).await.ok()?.json::<Value>().await.ok()?;
            answer["tasks"].as_array()?.iter().any(|known| known[0] == name).then_some(())
        })
        .await;
    }
}
