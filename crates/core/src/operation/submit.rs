//! Bringing in a task.

use bytes::Bytes;
use tokio::time::timeout;

use super::patience::{ANSWER_WITHIN, no_answer};
use super::prepare::Prepared;
use super::{Operations, UnknownQueue, UnknownType, WrongField, patience};
use crate::model::{IdempotencyKey, NewTask, Status, Task, TaskId, TaskType, Timestamp, When};
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
    /// If it has not started by then, it never does; later than when it may start.
    pub expires_at: Option<Timestamp>,
    /// Makes it safe to send the submission again as well; with an id, both hold.
    pub idempotency_key: Option<IdempotencyKey>,
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
    /// It would expire before it may start.
    #[error("is {expires_at}, which is not later than the time when the task may start (it is {now} now)")]
    Expired { expires_at: Timestamp, now: Timestamp },
    #[error("task {id} exists with other content ({now}): the same id may only be sent again with the same content")]
    Conflict { id: TaskId, now: Status },
    /// Only of many submissions that come together.
    #[error("task {id} stands further up with other content: the same id may only be sent again with the same content")]
    Twice { id: TaskId },
    #[error(
        "this Idempotency-Key belongs to task {id} ({now}), which has other content: the same key may only be sent again with the same content"
    )]
    KeyConflict { id: TaskId, now: Status },
    #[error(
        "this Idempotency-Key belongs to task {id} ({now}), not to task {own}: send one of them, or both as before"
    )]
    KeyOfOther { id: TaskId, own: TaskId, now: Status },
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
            expires_at: None,
            idempotency_key: None,
        }
    }
}

impl Operations {
    /// Checks a submission and stores it. Sent again with the same id or idempotency key it changes nothing.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, Error> {
        timeout(ANSWER_WITHIN, self.submit_now(submission)).await.unwrap_or_else(|_| Err(no_answer("submit").into()))
    }

    async fn submit_now(&self, submission: Submission) -> Result<Submitted, Error> {
        let moment = self.moment(std::slice::from_ref(&submission)).await?;
        let Prepared { task, own_id } = self.prepare(submission, &moment).await?;
        let (task, outcome) = self.batches.submit(task).await?;
        match meaning(task.id, own_id, outcome)? {
            Meaning::Stored { status, submitted_at, run_at } => {
                tracing::debug!(event = "submitted", task_id = %task.id, task = %task.task_type, queue = task.queue);
                Ok(Submitted::Created(stored(task, status, submitted_at, run_at)))
            }
            Meaning::StoredBefore => Ok(Submitted::Created(self.existing(task.id).await?)),
            Meaning::Exists(id) => Ok(Submitted::Exists(self.existing(id).await?)),
        }
    }

    async fn existing(&self, id: TaskId) -> Result<Task, StoreError> {
        let gone =
            || StoreError::Unavailable { operation: "submit", detail: format!("task {id} is just being removed") };
        patience::within("get", self.stores.tasks.get(id)).await?.ok_or_else(gone)
    }
}

/// What a store's answer to a submission says.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    Stored {
        status: Status,
        submitted_at: Timestamp,
        run_at: Option<Timestamp>,
    },
    /// By the same step, whose answer got lost.
    StoredBefore,
    /// This task is the same submission.
    Exists(TaskId),
}

/// `own_id`: the client named the id, so it may have been known for long.
pub(super) fn meaning(id: TaskId, own_id: bool, outcome: SubmitOutcome) -> Result<Meaning, Error> {
    match outcome {
        SubmitOutcome::Stored { status, submitted_at, run_at } => Ok(Meaning::Stored { status, submitted_at, run_at }),
        SubmitOutcome::Exists { .. } if own_id => Ok(Meaning::Exists(id)),
        SubmitOutcome::Exists { .. } => Ok(Meaning::StoredBefore),
        SubmitOutcome::SameKey { id: first, now, .. } if own_id && first != id => {
            Err(Error::KeyOfOther { id: first, own: id, now })
        }
        SubmitOutcome::SameKey { id: first, now, same: false } => Err(Error::KeyConflict { id: first, now }),
        SubmitOutcome::SameKey { id: first, .. } if first == id && !own_id => Ok(Meaning::StoredBefore),
        SubmitOutcome::SameKey { id: first, .. } => Ok(Meaning::Exists(first)),
        SubmitOutcome::Conflict { now } => Err(Error::Conflict { id, now }),
    }
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
        expires_at: new.expires_at,
        started_at: None,
        heartbeat_at: None,
        waiting_since: (status == Status::Submitted).then_some(submitted_at),
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_key_both_hold() {
        let (id, other) = (TaskId::from_parts(0, 1), TaskId::from_parts(0, 2));
        let now = Status::Started;
        let key_of = |id, same| SubmitOutcome::SameKey { id, now, same };
        assert_eq!(meaning(id, true, key_of(id, true)).unwrap(), Meaning::Exists(id));
        assert!(matches!(meaning(id, true, key_of(other, true)), Err(Error::KeyOfOther { .. })));
        assert!(matches!(meaning(id, true, key_of(other, false)), Err(Error::KeyOfOther { .. })));
        assert!(matches!(meaning(id, true, key_of(id, false)), Err(Error::KeyConflict { .. })));
        assert!(matches!(meaning(id, true, SubmitOutcome::Conflict { now }), Err(Error::Conflict { .. })));
    }

    #[test]
    fn a_step_that_was_sent_twice_has_made_a_new_task() {
        let (id, first) = (TaskId::from_parts(0, 1), TaskId::from_parts(0, 2));
        let now = Status::Submitted;
        assert_eq!(meaning(id, false, SubmitOutcome::Exists { now }).unwrap(), Meaning::StoredBefore);
        assert_eq!(meaning(id, true, SubmitOutcome::Exists { now }).unwrap(), Meaning::Exists(id));
        let key_of = |id| SubmitOutcome::SameKey { id, now, same: true };
        assert_eq!(meaning(id, false, key_of(id)).unwrap(), Meaning::StoredBefore);
        assert_eq!(meaning(id, false, key_of(first)).unwrap(), Meaning::Exists(first));
    }
}
