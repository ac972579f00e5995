use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::send::Repeat;
use super::{Client, Error, Submission, Task};

/// The answer of the older route.
#[derive(Deserialize)]
struct Scheduled {
    task: Task,
}

#[derive(Serialize)]
struct Schedule<'a> {
    task: &'a Submission,
    run_at: &'a str,
}

impl Client {
    /// Submits a task and answers it. Without an id it gets one here, so that it can be sent again when the
    /// connection breaks: the task is submitted once all the same.
    pub async fn submit(&self, mut submission: Submission) -> Result<Task, Error> {
        submission.id.get_or_insert_with(|| Ulid::generate().to_string());
        self.call(self.http.post(self.at(&["tasks"])).json(&submission), Repeat::Safe).await
    }

    /// Submits a task under an idempotency key, which the manager remembers for 24 hours: until then the same key with
    /// the same content is the same task, whoever sends it in the caller's name.
    pub async fn submit_once(&self, key: &str, submission: &Submission) -> Result<Task, Error> {
        let request = self.http.post(self.at(&["tasks"])).header("idempotency-key", key).json(submission);
        self.call(request, Repeat::Safe).await
    }

    /// Submits a task that is to run at a time, RFC 3339 with an offset, by the older route `/schedule-task`.
    /// [`Submission::run_at`] does the same.
    pub async fn schedule(&self, mut submission: Submission, run_at: &str) -> Result<Task, Error> {
        submission.id.get_or_insert_with(|| Ulid::generate().to_string());
        let body = Schedule { task: &submission, run_at };
        let request = self.http.post(self.at(&["schedule-task"])).json(&body);
        let Scheduled { task } = self.call(request, Repeat::Safe).await?;
        Ok(task)
    }
}
