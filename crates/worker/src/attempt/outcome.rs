//! From the end of the code to what becomes of the task.

use std::time::Duration;

use bytes::Bytes;
use jobbers_core::lifecycle::{self, LeaseOver, Outcome, Transition};
use jobbers_core::model::{EndDetail, EndKind, Policy};

use super::{Attempt, Ended, Interruption};

/// What the store is to do; none if the task is not this worker's any more.
pub(super) fn transition(attempt: &Attempt, ended: Ended, max_result: usize) -> Option<Transition> {
    if attempt.is_taken() {
        return None;
    }
    let policy = &attempt.registration().policy;
    let transition = match (ended, attempt.interruption()) {
        (Ended::Lost { evidence }, None) => {
            let over = LeaseOver { lost: attempt.task().lost, counts_as_lost: true, evidence: &evidence };
            lifecycle::after_lease_over(policy, over)
        }
        (ended, interruption) => {
            let outcome = outcome(policy, interruption, ended, max_result);
            // Randomness only where a delay may come of it: this runs once a task.
            let (random, spread) = match &outcome {
                Outcome::FailedExpectedly { .. } => (rand::random(), rand::random()),
                _ => (0.0, 0.0),
            };
            lifecycle::after_attempt(policy, attempt.task().failures, outcome, random, spread)
        }
    };
    log(attempt, &transition);
    Some(transition)
}

/// An attempt never began because its worker shuts down.
pub(crate) fn not_begun(policy: &Policy, failures: u32) -> Transition {
    let end = end(EndKind::HandedBack, "its worker was told to stop before the handler began", "Interrupted");
    lifecycle::after_attempt(policy, failures, Outcome::HandedBack(end), 0.0, 0.0)
}

fn outcome(policy: &Policy, interruption: Option<Interruption>, ended: Ended, max_result: usize) -> Outcome {
    match (interruption, ended) {
        // What took too long has failed, also if it has a result after all: a handler that stops early would
        // otherwise complete its task with half a result.
        (Some(Interruption::TimedOut), _) => timed_out(policy.timeout.unwrap_or_default()),
        (_, Ended::Returned(result)) => returned(result, max_result),
        (None, Ended::Failed { end, expected: true, retry_after }) => Outcome::FailedExpectedly { end, retry_after },
        (None, Ended::Failed { end, expected: false, .. }) => Outcome::Failed(end),
        (Some(_), Ended::Failed { end, .. }) if end.kind == EndKind::Panicked => Outcome::Failed(end),
        (Some(Interruption::Cancelled), Ended::Failed { .. } | Ended::Interrupted | Ended::Lost { .. }) => {
            Outcome::Cancelled(end(EndKind::Cancelled, "cancelled on request", "Cancelled"))
        }
        (Some(Interruption::Stopped), Ended::Failed { .. } | Ended::Interrupted | Ended::Lost { .. }) => {
            Outcome::Stopped(end(EndKind::Stalled, "interrupted: its worker was told to stop", "Interrupted"))
        }
        (None, Ended::Interrupted) => {
            let text = "what ran it was ended, to stop another task in it; it runs again";
            Outcome::HandedBack(end(EndKind::HandedBack, text, "Interrupted"))
        }
        (
            Some(Interruption::HandedBack | Interruption::TakenAway) | None,
            Ended::Failed { .. } | Ended::Interrupted | Ended::Lost { .. },
        ) => {
            let text = "interrupted: its worker was told to stop; it runs again";
            Outcome::HandedBack(end(EndKind::HandedBack, text, "Interrupted"))
        }
    }
}

fn timed_out(timeout: Duration) -> Outcome {
    let text = format!("timed out after {} s", timeout.as_secs_f64());
    Outcome::FailedExpectedly { end: end(EndKind::TimedOut, text, "TimedOut"), retry_after: None }
}

fn returned(result: Bytes, max_result: usize) -> Outcome {
    if result.len() <= max_result {
        return Outcome::Completed(result);
    }
    let text = format!("the result has {} bytes; MAX_RESULT allows {max_result}", result.len());
    Outcome::Failed(end(EndKind::Failed, text, "ResultTooLarge"))
}

fn end(kind: EndKind, error: impl Into<String>, error_type: &str) -> EndDetail {
    EndDetail { kind, error: error.into(), error_type: error_type.to_owned(), backtrace: None }
}

/// One line for an end that someone may want to look at; a completed task is worth one only to who debugs.
fn log(attempt: &Attempt, transition: &Transition) {
    let task = attempt.task();
    let duration_ms = u64::try_from(attempt.elapsed().as_millis()).unwrap_or(u64::MAX);
    macro_rules! line {
        ($level:ident, $event:literal, $($rest:tt)+) => {
            tracing::$level!(
                event = $event, task_id = %task.id, task = %task.task_type, queue = task.queue,
                attempt = task.attempt, duration_ms, $($rest)+
            )
        };
    }
    let Some(EndDetail { kind, error, error_type, .. }) = &transition.end else {
        return line!(debug, "task_completed", "completed");
    };
    let next = transition.destination.status();
    match kind {
        EndKind::Panicked => line!(warn, "task_panicked", %next, error, "panicked"),
        EndKind::TimedOut => line!(warn, "task_timed_out", %next, error, "timed out"),
        EndKind::Failed if next.is_ended() => line!(warn, "task_failed", %next, error, error_type, "failed"),
        EndKind::Failed => line!(info, "task_retried", %next, error, error_type, "failed, and is tried again"),
        EndKind::Stalled | EndKind::Lost => line!(warn, "task_stopped", %next, "interrupted"),
        EndKind::Cancelled => line!(info, "task_cancelled", %next, "cancelled"),
        EndKind::HandedBack => line!(info, "task_handed_back", %next, "handed back"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 10;

    fn policy() -> Policy {
        Policy { timeout: Some(Duration::from_millis(1500)), ..Policy::default() }
    }

    fn failed(kind: EndKind, expected: bool) -> Ended {
        Ended::Failed { end: end(kind, "broken", "Broken"), expected, retry_after: None }
    }

    fn judged(interruption: Option<Interruption>, ended: Ended) -> Outcome {
        outcome(&policy(), interruption, ended, LIMIT)
    }

    #[test]
    fn a_task_that_completed_in_spite_of_a_request_to_stop_is_completed() {
        let result = Bytes::from_static(b"1");
        for reason in [None, Some(Interruption::Cancelled), Some(Interruption::Stopped), Some(Interruption::HandedBack)]
        {
            assert_eq!(judged(reason, Ended::Returned(result.clone())), Outcome::Completed(result.clone()));
        }
    }

    #[test]
    fn what_took_too_long_has_failed_as_expected() {
        for ended in [Ended::Interrupted, failed(EndKind::Failed, false), Ended::Returned(Bytes::from_static(b"1"))] {
            let Outcome::FailedExpectedly { end, retry_after: None } = judged(Some(Interruption::TimedOut), ended)
            else {
                panic!("not an expected failure");
            };
            assert_eq!((end.kind, end.error.as_str()), (EndKind::TimedOut, "timed out after 1.5 s"));
        }
    }

    #[test]
    fn a_request_to_stop_names_the_end() {
        for ended in [Ended::Interrupted, failed(EndKind::Failed, true)] {
            assert!(matches!(judged(Some(Interruption::Cancelled), ended.clone()), Outcome::Cancelled(_)));
            assert!(matches!(judged(Some(Interruption::Stopped), ended.clone()), Outcome::Stopped(_)));
            assert!(matches!(judged(Some(Interruption::HandedBack), ended), Outcome::HandedBack(_)));
        }
    }

    #[test]
    fn a_panic_is_a_failure_whatever_was_asked_for() {
        for reason in [None, Some(Interruption::Cancelled), Some(Interruption::Stopped)] {
            assert!(matches!(judged(reason, failed(EndKind::Panicked, false)), Outcome::Failed(_)));
        }
    }

    #[test]
    fn errors_are_retried_if_they_are_expected() {
        assert!(matches!(judged(None, failed(EndKind::Failed, true)), Outcome::FailedExpectedly { .. }));
        assert!(matches!(judged(None, failed(EndKind::Failed, false)), Outcome::Failed(_)));
    }

    #[test]
    fn a_result_that_is_too_large_fails_the_task_and_names_both_sizes() {
        let Outcome::Failed(end) = judged(None, Ended::Returned(Bytes::from_static(b"\"123456789\""))) else {
            panic!("not failed");
        };
        assert_eq!(end.error, "the result has 11 bytes; MAX_RESULT allows 10");
    }
}
