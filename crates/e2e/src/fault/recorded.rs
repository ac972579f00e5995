//! Tasks that keep the journal.

use std::path::PathBuf;
use std::time::Duration;

use jobbers_worker::{Params, TaskContext, TaskError, task};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::journal::{Event, How, Journal, Run};

/// How a handler is to end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Complete,
    /// So many times with an error that is retried, after so many seconds or at once; then well.
    Retry {
        failures: u32,
        pause: Option<f64>,
    },
    /// With an error that is never retried.
    Fail,
    Panic,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    pub journal: PathBuf,
    pub seconds: f64,
    pub end: End,
    /// Only to be large.
    #[serde(default)]
    pub ballast: String,
}

impl Recorded {
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

/// The result: which attempt it was that completed the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    pub attempt: u32,
    pub token: String,
}

/// Writes down that it begins, takes its time, and ends as it is told.
#[task(version = 1, max_concurrent = "none", max_retries = 10, max_lost = 1000, on_shutdown = "resubmit")]
pub async fn recorded_task(Params(recorded): Params<Recorded>, task: TaskContext) -> Result<Completed, TaskError> {
    run(recorded, &task).await
}

/// The same; what fails for good is kept as a dead letter.
#[task(
    version = 1,
    max_concurrent = "none",
    max_retries = 1,
    max_lost = 1000,
    dead_letter = "save",
    on_shutdown = "resubmit"
)]
pub async fn kept_task(Params(recorded): Params<Recorded>, task: TaskContext) -> Result<Completed, TaskError> {
    run(recorded, &task).await
}

pub(crate) async fn run(recorded: Recorded, task: &TaskContext) -> Result<Completed, TaskError> {
    let mut stop = Stop::after_start(&recorded, task)?;
    tokio::time::sleep(recorded.duration()).await;
    match recorded.end {
        End::Panic => panic!("as it was told"),
        End::Fail => stop.failed(TaskError::fatal("as it was told")),
        End::Retry { failures, pause } if task.retry_attempt() < failures => stop.failed(match pause {
            Some(seconds) => TaskError::retry_after(Duration::from_secs_f64(seconds), "as it was told"),
            None => TaskError::retry("as it was told"),
        }),
        End::Complete | End::Retry { .. } => {
            stop.how = How::Ended;
            Ok(Completed { attempt: stop.run.attempt, token: stop.run.token.clone() })
        }
    }
}

/// Writes down that the handler has stopped, however it does.
pub(crate) struct Stop {
    journal: Journal,
    run: Run,
    pub(crate) how: How,
}

impl Stop {
    /// Writes down that it begins.
    pub(crate) fn after_start(recorded: &Recorded, task: &TaskContext) -> Result<Self, TaskError> {
        let run = Run {
            id: task.id().to_string(),
            attempt: task.attempt(),
            token: task.token().to_string(),
            pid: std::process::id(),
        };
        let journal = Journal::at(&recorded.journal);
        journal.write(Event::Start { run: run.clone() }).map_err(TaskError::fatal)?;
        Ok(Self { journal, run, how: How::Left })
    }

    fn failed<T>(&mut self, error: TaskError) -> Result<T, TaskError> {
        self.how = How::Failed;
        Err(error)
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        // Nobody could be told of an error here: a stop that is missing is found by the check.
        drop(self.journal.write(Event::Stop { run: self.run.clone(), how: self.how }));
    }
}
