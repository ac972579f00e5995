use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::journal::{Event, Journal};
use super::plan::Plan;
use crate::Api;

/// A client as it should be: it has ids of its own, and repeats what was not answered until it is.
#[derive(Debug)]
pub struct Client {
    api: Mutex<Api>,
    journal: Journal,
    accepted: Mutex<Vec<Plan>>,
    cancelled: Mutex<Vec<String>>,
    surprises: Mutex<Vec<(String, String)>>,
}

/// Longest time that a client goes on repeating.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(30);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    pub fn new(api: Api, journal: Journal) -> Self {
        Self {
            api: Mutex::new(api),
            journal,
            accepted: Mutex::default(),
            cancelled: Mutex::default(),
            surprises: Mutex::default(),
        }
    }

    /// From now on it speaks to another manager.
    pub fn turn_to(&self, api: Api) {
        *lock(&self.api) = api;
    }

    pub fn api(&self) -> Api {
        lock(&self.api).clone()
    }

    /// What was answered with success: none of it may be lost.
    pub fn accepted(&self) -> Vec<Plan> {
        lock(&self.accepted).clone()
    }

    /// Tasks whose cancellation was not refused.
    pub fn cancelled(&self) -> Vec<String> {
        lock(&self.cancelled).clone()
    }

    /// Answers that should not be: which task, and what was answered.
    pub fn surprises(&self) -> Vec<(String, String)> {
        lock(&self.surprises).clone()
    }

    /// Submits until it is answered.
    pub async fn submit(&self, plan: &Plan) {
        if let Some((status, answer)) = self.repeat(Method::POST, "/tasks", Some(plan.body(&self.journal))).await {
            match status {
                200 | 201 => lock(&self.accepted).push(plan.clone()),
                _ => self.is_surprised(&plan.id, &format!("submit: {status} {answer}")),
            }
        } else {
            self.is_surprised(&plan.id, "submit: no answer at all");
        }
    }

    /// Submits once more what was accepted before.
    pub async fn submit_again(&self, plan: &Plan) {
        let again = self.repeat(Method::POST, "/tasks", Some(plan.body(&self.journal))).await;
        if again.as_ref().map(|(status, _)| *status) != Some(200) {
            self.is_surprised(&plan.id, &format!("submitted again: {again:?}"));
        }
    }

    /// Submits once; whether it was accepted. A store that is full refuses it.
    pub async fn try_submit(&self, plan: &Plan) -> bool {
        let (status, answer) = self.api().call(Method::POST, "/tasks", Some(plan.body(&self.journal))).await;
        match status {
            201 => lock(&self.accepted).push(plan.clone()),
            503 => {}
            _ => self.is_surprised(&plan.id, &format!("submit: {status} {answer}")),
        }
        status == 201
    }

    /// Cancels, and writes down what it was told.
    pub async fn cancel(&self, id: &str) {
        let Some((status, task)) = self.repeat(Method::POST, &format!("/tasks/{id}/cancel"), None).await else {
            return self.is_surprised(id, "cancel: no answer at all");
        };
        let event = match (status, task["status"].as_str()) {
            (200, Some("cancelled")) => Event::Cancelled { id: id.to_owned() },
            (200, Some("started")) => {
                let attempt = task["attempt"].as_u64().and_then(|attempt| attempt.try_into().ok()).unwrap_or_default();
                Event::CancelAsked { id: id.to_owned(), attempt }
            }
            // It was asked for, and had come to its end when the answer was put together.
            (200, Some("completed" | "failed")) => return lock(&self.cancelled).push(id.to_owned()),
            (409, _) => return,
            _ => return self.is_surprised(id, &format!("cancel: {status} {task}")),
        };
        self.journal.write(event).expect("the journal takes a line");
        lock(&self.cancelled).push(id.to_owned());
    }

    /// Sends a request until a manager answers it whose store is there.
    pub async fn repeat(&self, method: Method, path: &str, body: Option<Value>) -> Option<(u16, Value)> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Ok(answer) = self.api().send(method.clone(), path, body.clone()).await {
                let status = answer.status().as_u16();
                if status != 503
                    && let Ok(answer) = answer.json().await
                {
                    return Some((status, answer));
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    /// The answer to a question that must have one.
    pub async fn ask(&self, path: &str) -> Value {
        let (status, answer) = self.repeat(Method::GET, path, None).await.unwrap_or_default();
        assert_eq!(status, 200, "{path}: not within {PATIENCE:?}: {answer}");
        answer
    }

    /// The ids on all pages of a list.
    pub async fn list(&self, list: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut path = format!("{list}&limit=1000");
        loop {
            let page = self.ask(&path).await;
            let tasks = page["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
            ids.extend(tasks.iter().filter_map(|task| task["id"].as_str()).map(str::to_owned));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("{list}&limit=1000&cursor={cursor}"),
                None => return ids,
            }
        }
    }

    pub fn is_surprised(&self, id: &str, what: &str) {
        lock(&self.surprises).push((id.to_owned(), what.to_owned()));
    }
}
