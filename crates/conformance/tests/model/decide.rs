//! The decisions that are taken outside of the store, by the functions that decide in the real processes.

use std::time::Duration;

use bytes::Bytes;
use jobbers_core::lifecycle::{LeaseOver, Outcome, Transition, after_attempt, after_lease_over, after_silence};
use jobbers_core::model::{EndDetail, EndKind, Policy};

use super::action::Ending;
use super::state::{Finish, Verdict};

/// A worker's, on an attempt that has ended.
pub(super) fn finish(policy: &Policy, finish: &Finish) -> Transition {
    let outcome = match finish.ending {
        Ending::Completed => Outcome::Completed(Bytes::new()),
        Ending::Failed => Outcome::Failed(end(EndKind::Failed)),
        Ending::FailedExpectedly => Outcome::FailedExpectedly { end: end(EndKind::Failed), retry_after: None },
        Ending::FailedForLater => {
            Outcome::FailedExpectedly { end: end(EndKind::Failed), retry_after: Some(Duration::from_secs(1)) }
        }
        Ending::Cancelled => Outcome::Cancelled(end(EndKind::Cancelled)),
        Ending::Stopped => Outcome::Stopped(end(EndKind::Stalled)),
        Ending::HandedBack => Outcome::HandedBack(end(EndKind::HandedBack)),
    };
    after_attempt(policy, u32::from(finish.failures), outcome, 0.0, 0.0)
}

/// The scheduler's, on a lease that is over.
pub(super) fn lease_over(policy: &Policy, verdict: &Verdict) -> Transition {
    let over = LeaseOver { lost: u32::from(verdict.lost), counts_as_lost: verdict.counts_as_lost, evidence: "" };
    after_lease_over(policy, over)
}

/// On a task that has been silent for too long.
pub(super) fn silence() -> Transition {
    after_silence("")
}

fn end(kind: EndKind) -> EndDetail {
    EndDetail { kind, error: String::new(), error_type: String::new(), backtrace: None }
}
