//! The same wish for many tasks.

mod by_filter;
mod by_ids;
mod gone;
mod stages;

use rand::random;

pub(super) use by_filter::BEGIN_WITHIN;
pub use by_filter::{Selected, Selection};
pub(super) use by_ids::{IN_FLIGHT, each_once, of_step};

use super::list::InvalidCursor;
use super::patience::{Pulse, persist_while};
use super::{Operations, patience};
use crate::model::{Status, TaskId};
use crate::store::{AgainOutcome, CancelOutcome, MAX_BATCH, Resubmit, StoreError};

/// Most ids that come together.
pub const MAX_IDS: usize = 10_000;

/// What shall become of many tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Cancel,
    Resubmit {
        reset_failures: bool,
        /// Leave alone what is no dead letter.
        only_dead: bool,
    },
}

/// What became of one of them, or would become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub id: TaskId,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Cancelled,
    /// It runs, and its worker is told.
    CancellationRequested,
    Resubmitted,
    /// Its status does not allow it.
    Conflict {
        now: Status,
    },
    /// It would wait in a queue that does not exist (any more).
    QueueGone {
        queue: String,
    },
    NotFound,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no queue `{0}` (any more), so nothing is resubmitted into it: create it first")]
    QueueGone(String),
    /// Some may have been dealt with.
    #[error("the store went away amid {tasks} tasks: {source}")]
    Amid { tasks: usize, source: StoreError },
}

impl Wish {
    const fn name(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Resubmit { .. } => "resubmit",
        }
    }

    /// What it would come to for a task that is known, as it is.
    pub fn foresee(self, status: Status) -> Outcome {
        match (self, status) {
            (Self::Cancel, Status::Submitted | Status::Scheduled) => Outcome::Cancelled,
            (Self::Cancel, Status::Started) => Outcome::CancellationRequested,
            (Self::Resubmit { .. }, Status::Failed | Status::Cancelled | Status::Stalled | Status::Dropped) => {
                Outcome::Resubmitted
            }
            (
                Self::Cancel,
                Status::Unsubmitted
                | Status::Completed
                | Status::Failed
                | Status::Cancelled
                | Status::Stalled
                | Status::Dropped,
            )
            | (
                Self::Resubmit { .. },
                Status::Unsubmitted | Status::Submitted | Status::Scheduled | Status::Started | Status::Completed,
            ) => Outcome::Conflict { now: status },
        }
    }
}

impl Operations {
    /// One step for at most [`MAX_BATCH`] tasks, sent again while the store does not answer. What would wait in a queue
    /// that is `gone` is left alone.
    pub(super) async fn wish_step(
        &self,
        wish: Wish,
        gone: &[String],
        ids: &[TaskId],
        pulse: &Pulse,
    ) -> Result<Vec<Done>, StoreError> {
        if gone.is_empty() {
            return self.plain_step(wish, ids, pulse).await;
        }
        let known = self.known(ids).await?;
        let (going, staying) = gone::part(wish, gone, ids, &known);
        let done = match going.is_empty() {
            true => Vec::new(),
            false => self.plain_step(wish, &going, pulse).await?,
        };
        Ok(gone::merge(ids, done, staying))
    }

    async fn plain_step(&self, wish: Wish, ids: &[TaskId], pulse: &Pulse) -> Result<Vec<Done>, StoreError> {
        debug_assert!(ids.len() <= MAX_BATCH, "one step takes no more");
        let store = &self.stores.tasks;
        let outcomes: Vec<Outcome> = match wish {
            Wish::Cancel => {
                let mut sent = 0;
                let answers = persist_while("cancel", pulse, || {
                    sent += 1;
                    store.cancel_all(ids)
                });
                let answers = answers.await?;
                answers.into_iter().map(|answer| cancelled(answer, sent > 1)).collect()
            }
            Wish::Resubmit { reset_failures, only_dead } => {
                let resubmit = Resubmit { ids: ids.to_vec(), reset_failures, only_dead, request: random() };
                let answers = persist_while("resubmit", pulse, || store.resubmit(&resubmit)).await?;
                answers.into_iter().map(Outcome::from).collect()
            }
        };
        self.answered(wish, ids, outcomes)
    }

    /// What a step would come to.
    async fn foresee_step(&self, wish: Wish, gone: &[String], ids: &[TaskId]) -> Result<Vec<Done>, StoreError> {
        let known = self.known(ids).await?;
        let outcomes = known.into_iter().map(|known| match known {
            None => Outcome::NotFound,
            Some(known) => known.foresee(wish, gone),
        });
        self.answered(wish, ids, outcomes.collect())
    }

    fn answered(&self, wish: Wish, ids: &[TaskId], outcomes: Vec<Outcome>) -> Result<Vec<Done>, StoreError> {
        if outcomes.len() == ids.len() {
            return Ok(ids.iter().zip(outcomes).map(|(id, outcome)| Done { id: *id, outcome }).collect());
        }
        let detail = format!("{} answers for {} tasks", outcomes.len(), ids.len());
        Err(StoreError::Broken { operation: wish.name(), detail })
    }
}

/// A step that was sent again, because its answer was lost, finds cancelled what it had cancelled itself.
fn cancelled(answer: CancelOutcome, again: bool) -> Outcome {
    match answer {
        CancelOutcome::Ended { status: Status::Cancelled } if again => Outcome::Cancelled,
        answer => Outcome::from(answer),
    }
}

impl From<CancelOutcome> for Outcome {
    fn from(outcome: CancelOutcome) -> Self {
        match outcome {
            CancelOutcome::Cancelled => Self::Cancelled,
            CancelOutcome::Requested { .. } => Self::CancellationRequested,
            CancelOutcome::Ended { status } => Self::Conflict { now: status },
            CancelOutcome::NotFound => Self::NotFound,
        }
    }
}

impl From<AgainOutcome> for Outcome {
    fn from(outcome: AgainOutcome) -> Self {
        match outcome {
            AgainOutcome::Applied => Self::Resubmitted,
            AgainOutcome::Conflict { now } => Self::Conflict { now },
            AgainOutcome::NotFound => Self::NotFound,
        }
    }
}
