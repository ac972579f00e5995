use std::any::type_name;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::short_type_name;

/// Any error that a handler may return.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// An error that decides by itself what becomes of the task, whatever its `expected_errors` say.
///
/// It may also be somewhere in the chain of sources of another error.
#[derive(Debug)]
pub struct TaskError {
    error: BoxError,
    error_type: &'static str,
    decision: Decision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Retry { after: Option<Duration> },
    Fatal,
}

impl TaskError {
    /// The task is tried again, as long as the policy has retries left, after the policy's delay.
    pub fn retry<E: Into<BoxError>>(error: E) -> Self {
        Self::new(error, Decision::Retry { after: None })
    }

    /// The task is tried again, as long as the policy has retries left, after this delay.
    pub fn retry_after<E: Into<BoxError>>(delay: Duration, error: E) -> Self {
        Self::new(error, Decision::Retry { after: Some(delay) })
    }

    /// The task fails at once.
    pub fn fatal<E: Into<BoxError>>(error: E) -> Self {
        Self::new(error, Decision::Fatal)
    }

    pub(crate) fn decision(&self) -> Decision {
        self.decision
    }

    pub(crate) fn error_type(&self) -> &'static str {
        self.error_type
    }

    fn new<E: Into<BoxError>>(error: E, decision: Decision) -> Self {
        Self { error: error.into(), error_type: short_type_name(type_name::<E>()), decision }
    }
}

/// As the error within.
impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for TaskError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
