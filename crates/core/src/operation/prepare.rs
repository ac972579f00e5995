//! From what a client wants to what the store is given.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::expiry::{Expiry, expiry};
use super::fingerprint::fingerprint;
use super::new_id::new_id;
use super::submit::{Error, Submission};
use super::{Catalogue, KnownType, Operations, WrongField, patience};
use crate::model::{DEFAULT_PRIORITY, NewTask, Timestamp};
use crate::store::StoreError;

/// When submissions are checked: many that come together are checked against the same state of things.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// What is not known is looked up again once since then.
    pub(super) asked: Instant,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) queues: Arc<Vec<String>>,
    /// The store's clock; none where no submission needs it.
    now: Option<Timestamp>,
}

/// A submission ready to be stored.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) task: NewTask,
    /// The client named the id.
    pub(super) own_id: bool,
}

impl Operations {
    /// The moment to check these submissions.
    pub(super) async fn moment(&self, submissions: &[Submission]) -> Result<Moment, Error> {
        let asked = Instant::now();
        let catalogue = self.catalogue().await?;
        let queues = self.queue_names().await?;
        let now = match submissions.iter().any(|submission| submission.expires_at.is_some()) {
            true => Some(self.now().await?),
            false => None,
        };
        Ok(Moment { asked, catalogue, queues, now })
    }

    /// The store's clock.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        patience::within("look at the clock", self.stores.tasks.now()).await
    }

    pub(super) async fn prepare(&self, submission: Submission, moment: &Moment) -> Result<Prepared, Error> {
        let known = self.known_type(&submission.task_type, moment).await??;
        check_parameters(&submission, known.as_deref())?;
        self.check_expiry(&submission, moment).await?;
        let queue = self.resolve_queue(submission.queue.as_deref(), known.as_deref(), moment).await??;
        let task = NewTask {
            id: submission.id.unwrap_or_else(new_id),
            fingerprint: fingerprint(&submission),
            expires_at: submission.expires_at,
            idempotency_key: submission.idempotency_key,
            task_type: submission.task_type,
            queue,
            priority: submission.priority.unwrap_or(DEFAULT_PRIORITY),
            when: submission.when,
            parameters: submission.parameters,
            metadata: submission.metadata,
            trace_id: submission.trace_id,
        };
        Ok(Prepared { task, own_id: submission.id.is_some() })
    }

    /// A submission that was in time when it came first may be repeated after it has expired: the store knows it
    /// then. Whether the store knows an idempotency key shows only when it is used, so such a task is stored and
    /// expires at once.
    async fn check_expiry(&self, submission: &Submission, moment: &Moment) -> Result<(), Error> {
        let (Some(now), Some(expires_at)) = (moment.now, submission.expires_at) else { return Ok(()) };
        match expiry(submission, now) {
            Expiry::InTime => return Ok(()),
            Expiry::Never => {}
            Expiry::Over if submission.idempotency_key.is_some() => return Ok(()),
            Expiry::Over => {
                if let Some(id) = submission.id
                    && patience::within("get", self.stores.tasks.get(id)).await?.is_some()
                {
                    return Ok(());
                }
            }
        }
        Err(Error::Expired { expires_at, now })
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
