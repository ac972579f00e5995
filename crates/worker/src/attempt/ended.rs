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
    /// What ran it died under it, and the worker lives: counts as the death of a worker, so that a task that kills what runs
    /// it is not run for ever.
    Lost { evidence: String },
}

/// An attempt that is to be begun. Whoever takes it says once how it ended, after its code has stopped.
#[derive(Debug)]
pub struct Start {
    attempt: Arc<Attempt>,
    begun: bool,
    ended: bool,
}

impl Start {
    pub(crate) fn new(attempt: Arc<Attempt>) -> Self {
        attempt.reports.begins();
        Self { attempt, begun: false, ended: false }
    }

    pub fn attempt(&self) -> &Arc<Attempt> {
        &self.attempt
    }

    /// Its code has run and did not end at once. Until this is said, or the end, the worker may wait a moment with what it
    /// has to tell the store, so that this attempt can join in.
    pub fn begun(&mut self) {
        if !self.begun {
            self.begun = true;
            self.attempt.reports.begun();
        }
    }

    /// Ends the attempt.
    pub fn end(mut self, ended: Ended) {
        self.finish(ended);
    }

    fn finish(&mut self, ended: Ended) {
        self.ended = true;
        // First the end: who sees that nothing begins any more sees the end as well.
        Arc::clone(&self.attempt).end(ended);
        self.begun();
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
            self.finish(Ended::Failed { end, expected: false, retry_after: None });
        }
    }
}
