//! From what a client sent to a submission.

use std::time::Duration;

use bytes::Bytes;
use jobbers_core::model::{IdempotencyKey, TaskType, Timestamp, When};
use jobbers_core::operation::{Submission, WrongField, submit};
use serde_json::Number;
use serde_json::value::RawValue;

use super::NewTask;
use crate::problem::{Kind, Problem};

/// Seconds: a hundred years.
pub(super) const LONGEST_DELAY: u64 = 3_153_600_000;

/// Room in a body for what is neither parameters nor metadata.
const REST_OF_BODY: usize = 64 << 10;

/// A body that must break another limit is not even read.
pub(super) fn check_body_size(body: &[u8], max_parameters: usize) -> Result<(), Problem> {
    let most = max_parameters.saturating_mul(2).saturating_add(REST_OF_BODY);
    if body.len() <= most {
        return Ok(());
    }
    let detail = format!(
        "the body has {} bytes: parameters and metadata may have MAX_PARAMETERS each, which is {max_parameters} bytes",
        body.len()
    );
    Err(Problem::new(Kind::TooLarge, detail))
}

impl NewTask {
    /// Where the client put the parameters.
    pub(crate) fn parameters_pointer(&self) -> &'static str {
        if self.params.is_some() { "/params" } else { "/parameters" }
    }

    /// `place` is where the submission stands in the body.
    pub(super) fn check_size(&self, place: &str, max_parameters: usize) -> Result<(), Problem> {
        for (pointer, sent) in
            [("/parameters", &self.parameters), ("/params", &self.params), ("/metadata", &self.metadata)]
        {
            let size = sent.as_ref().map_or(0, |raw| raw.get().len());
            if size > max_parameters {
                let has = format!("has {size} bytes, more than MAX_PARAMETERS, which is {max_parameters} bytes");
                return Err(Problem::wrong_fields(
                    Kind::TooLarge,
                    vec![WrongField::new(format!("{place}{pointer}"), has)],
                ));
            }
        }
        Ok(())
    }

    /// The schema has been checked, so nothing can be wrong here.
    pub(crate) fn into_submission(
        self,
        trace_id: Option<String>,
        idempotency_key: Option<IdempotencyKey>,
    ) -> Submission {
        let when = match (self.run_at, self.delay) {
            (Some(time), _) => Timestamp::parse(&time).map_or(When::Now, When::At),
            (None, Some(seconds)) => Duration::try_from_secs_f64(seconds).map_or(When::Now, When::After),
            (None, None) => When::Now,
        };
        let version = whole(&self.version).and_then(|version| u32::try_from(version).ok()).unwrap_or_default();
        let priority = self.priority.as_ref().and_then(whole);
        let parameters = self.parameters.or(self.params).map_or_else(|| Bytes::from_static(b"{}"), bytes);
        Submission {
            id: self.id.and_then(|id| id.parse().ok()),
            queue: self.queue,
            priority: priority.and_then(|priority| u8::try_from(priority).ok()),
            when,
            metadata: self.metadata.map(bytes),
            trace_id,
            expires_at: self.expires_at.and_then(|time| Timestamp::parse(&time).ok()),
            idempotency_key,
            ..Submission::new(TaskType::new(self.name, version), parameters)
        }
    }
}

/// JSON Schema takes `1.0` and `1e0` for whole numbers as well.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the schema bounds it to whole numbers from 0 to 2³² - 1"
)]
pub(super) fn whole(number: &Number) -> Option<u64> {
    number.as_u64().or_else(|| number.as_f64().map(|number| number as u64))
}

fn bytes(raw: Box<RawValue>) -> Bytes {
    Bytes::from(String::from(Box::<str>::from(raw)))
}

impl Problem {
    /// Why a submission was not stored; it stands at this place of the body, and the client put the parameters there.
    pub(crate) fn of_submission(error: submit::Error, place: &str, parameters_at: &str) -> Self {
        let detail = error.to_string();
        let at = |field: &str| format!("{place}{field}");
        match error {
            submit::Error::UnknownType(unknown) => {
                let field = if unknown.versions.is_empty() { "/name" } else { "/version" };
                Self::new(Kind::UnknownTaskType, detail).at(&at(field))
            }
            submit::Error::UnknownQueue(_) => Self::new(Kind::UnknownQueue, detail).at(&at("/queue")),
            submit::Error::WrongParameters { mut wrong, .. } => {
                for field in &mut wrong {
                    field.pointer.insert_str(0, &at(parameters_at));
                }
                Self::wrong_fields(Kind::WrongFields, wrong)
            }
            submit::Error::Expired { .. } => {
                Self::wrong_fields(Kind::WrongFields, vec![WrongField::new(at("/expires_at"), detail)])
            }
            submit::Error::Conflict { .. } | submit::Error::Twice { .. } => {
                Self::new(Kind::OtherContent, detail).at(&at("/id"))
            }
            submit::Error::KeyConflict { .. } | submit::Error::KeyOfOther { .. } => {
                Self::new(Kind::OtherContent, detail)
            }
            submit::Error::Store(error) => error.into(),
            submit::Error::Routing(error) => error.into(),
        }
    }
}
