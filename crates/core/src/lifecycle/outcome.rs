use std::time::Duration;

use bytes::Bytes;

use crate::model::EndDetail;

/// How an attempt ended, as its worker saw it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The handler returned a result (JSON).
    Completed(Bytes),
    /// The handler returned an error that the policy does not expect, or panicked: no retry.
    Failed(EndDetail),
    /// An expected error, or the time was over: retried while the policy allows.
    FailedExpectedly { end: EndDetail, retry_after: Option<Duration> },
    /// The handler stopped because someone asked for its end.
    Cancelled(EndDetail),
    /// The worker shuts down: the handler was stopped and the task is for a person to look at.
    Stopped(EndDetail),
    /// The worker shuts down: the handler was stopped and the task runs again elsewhere.
    HandedBack(EndDetail),
}
