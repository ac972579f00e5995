use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jobbers_core::model::{EndDetail, EndKind};

use super::Attempt;

/// How the code of an attempt ended, as its executor saw it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// With a result (JSON).
    Returned(Bytes),
    /// With an error, or by a panic.
    Failed {
        end: EndDetail,
        /// Whether the task is tried again while its policy has retries left.
        expected: bool,
        /// The delay that the handler asked for.
        retry_after: Option<Duration>,
    },
    /// It was stopped on request.
    Interrupted,
}

/// An attempt that is to be begun. Whoever takes it says once how it ended, after its code has stopped.
#[derive(Debug)]
pub struct Start {
    attempt: Arc<Attempt>,
    ended: bool,
}

impl Start {
    pub(crate) fn new(attempt: Arc<Attempt>) -> Self {
        Self { attempt, ended: false }
    }

    pub fn attempt(&self) -> &Arc<Attempt> {
        &self.attempt
    }

    /// Ends the attempt.
    pub fn end(mut self, ended: Ended) {
        self.ended = true;
        Arc::clone(&self.attempt).end(ended);
    }
}

/// An attempt cannot be forgotten: its slot and its lease would never be free again.
impl Drop for Start {
    fn drop(&mut self) {
        if !self.ended {
            let end = EndDetail {
                kind: EndKind::Failed,
                error: "the handler was dropped before it ended".to_owned(),
                error_type: "Dropped".to_owned(),
                backtrace: None,
            };
            Arc::clone(&self.attempt).end(Ended::Failed { end, expected: false, retry_after: None });
        }
    }
}
