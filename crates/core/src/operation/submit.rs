//! Bringing in a task.

use bytes::Bytes;
use serde_json::Value;
use tokio::time::timeout;

use super::fingerprint::fingerprint;
use super::new_id::new_id;
use super::patience::{ANSWER_WITHIN, no_answer};
use super::{KnownType, Operations, UnknownQueue, UnknownType, WrongField, patience};
use crate::model::{DEFAULT_PRIORITY, NewTask, Status, Task, TaskId, TaskType, Timestamp, When};
use crate::routing::RoutingError;
use crate::store::{StoreError, SubmitOutcome};

/// A task as a client wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The client's own id makes it safe to send the submission again; none = a fresh one.
    pub id: Option<TaskId>,
    pub task_type: TaskType,
    pub queue: Option<String>,
    pub priority: Option<u8>,
    pub when: When,
    /// A JSON object.
    pub parameters: Bytes,
    /// A JSON object.
    pub metadata: Option<Bytes>,
    pub trace_id: Option<String>,
}

/// Where a submission led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Submitted {
    /// A new task.
    Created(Task),
    /// The same submission was stored before: its task as it is now.
    Exists(Task),
}

/// Why nothing was stored; after [`Error::Store`] with `Unavailable`, why it is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    UnknownType(#[from] UnknownType),
    #[error(transparent)]
    UnknownQueue(#[from] UnknownQueue),
    /// Pointers begin at the parameters.
    #[error("the parameters do not fit {task_type}")]
    WrongParameters { task_type: TaskType, wrong: Vec<WrongField> },
    #[error("task {id} exists with other content ({now}): the same id may only be sent again with the same content")]
    Conflict { id: TaskId, now: Status },
    #[error(
        "this Idempotency-Key belongs to task {id} ({now}), which has other content: the same key may only be sent again with the same content"
    )]
    KeyConflict { id: TaskId, now: Status },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

impl Submission {
    /// A submission that leaves everything else open.
    pub fn new(task_type: TaskType, parameters: impl Into<Bytes>) -> Self {
        Self {
            id: None,
            task_type,
            queue: None,
            priority: None,
            when: When::Now,
            parameters: parameters.into(),
            metadata: None,
            trace_id: None,
        }
    }
}

impl Operations {
    /// Checks a submission and stores it. Sent again with the same id it changes nothing.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, Error> {
        timeout(ANSWER_WITHIN, self.submit_now(submission)).await.unwrap_or_else(|_| Err(no_answer("submit").into()))
    }

    async fn submit_now(&self, submission: Submission) -> Result<Submitted, Error> {
        let known = self.known_type(&submission.task_type).await??;
        check_parameters(&submission, known.as_deref())?;
        let queue = self.resolve_queue(submission.queue.as_deref(), known.as_deref()).await??;
        let own_id = submission.id.is_none();
        let task = NewTask {
            id: submission.id.unwrap_or_else(new_id),
            fingerprint: fingerprint(&submission),
            expires_at: None,
            idempotency_key: None,
            task_type: submission.task_type,
            queue,
            priority: submission.priority.unwrap_or(DEFAULT_PRIORITY),
            when: submission.when,
            parameters: submission.parameters,
            metadata: submission.metadata,
            trace_id: submission.trace_id,
        };
        let id = task.id;
        match self.batches.submit(task.clone()).await? {
            SubmitOutcome::Stored { status, submitted_at, run_at } => {
                tracing::debug!(event = "submitted", task_id = %id, task = %task.task_type, queue = task.queue);
                Ok(Submitted::Created(stored(task, status, submitted_at, run_at)))
            }
            // A step that was sent twice because its answer got lost.
            SubmitOutcome::Exists { .. } if own_id => Ok(Submitted::Created(self.existing(id).await?)),
            SubmitOutcome::Exists { .. } => Ok(Submitted::Exists(self.existing(id).await?)),
            SubmitOutcome::SameKey { id, same: true, .. } => Ok(Submitted::Exists(self.existing(id).await?)),
            SubmitOutcome::SameKey { id, now, same: false } => Err(Error::KeyConflict { id, now }),
            SubmitOutcome::Conflict { now } => Err(Error::Conflict { id, now }),
        }
    }

    async fn existing(&self, id: TaskId) -> Result<Task, StoreError> {
        let gone =
            || StoreError::Unavailable { operation: "submit", detail: format!("task {id} is just being removed") };
        patience::within("get", self.stores.tasks.get(id)).await?.ok_or_else(gone)
    }
}

fn check_parameters(submission: &Submission, known: Option<&KnownType>) -> Result<(), Error> {
    let refuse = |wrong| Err(Error::WrongParameters { task_type: submission.task_type.clone(), wrong });
    let parameters: Value = match serde_json::from_slice(&submission.parameters) {
        Ok(parameters @ Value::Object(_)) => parameters,
        Ok(_) => return refuse(vec![WrongField::new("", "must be an object")]),
        Err(error) => return refuse(vec![WrongField::new("", format!("is not JSON: {error}"))]),
    };
    let Some((known, schema)) = known.and_then(|known| Some((known, known.schema()?))) else { return Ok(()) };
    let wrong = schema.wrong_fields(&parameters, &known.registration.policy.redact);
    if wrong.is_empty() { Ok(()) } else { refuse(wrong) }
}

/// The task as the store has it now, without asking again.
fn stored(new: NewTask, status: Status, submitted_at: Timestamp, run_at: Option<Timestamp>) -> Task {
    Task {
        id: new.id,
        task_type: new.task_type,
        queue: new.queue,
        status,
        priority: new.priority,
        parameters: new.parameters,
        metadata: new.metadata,
        trace_id: new.trace_id,
        result: None,
        attempt: 0,
        failures: 0,
        lost: 0,
        attempts: Vec::new(),
        policy: None,
        progress: None,
        submitted_at,
        run_at,
        expires_at: None,
        started_at: None,
        heartbeat_at: None,
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}
