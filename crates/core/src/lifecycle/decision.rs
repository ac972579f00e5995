use std::time::Duration;

use super::{Destination, Event, Outcome, Position, Transition, backoff};
use crate::model::{DeadLetter, EndDetail, EndKind, Policy};

/// What becomes of a task whose attempt ended.
///
/// `failures` is how often it had failed before this attempt. `random` and `spread` are uniform in `[0, 1)`,
/// for the backoff. A completed task stays completed even if its end was asked for meanwhile; every other
/// end yields to that wish.
pub fn after_attempt(policy: &Policy, failures: u32, outcome: Outcome, random: f64, spread: f64) -> Transition {
    match outcome {
        Outcome::Completed(result) => Transition {
            event: Event::Complete,
            destination: Destination::Completed(result),
            end: None,
            counts_failure: false,
            counts_lost: false,
            yields_to_cancel: false,
        },
        Outcome::Failed(end) => failed(policy, end),
        Outcome::FailedExpectedly { end, .. } if failures >= policy.max_retries => failed(policy, end),
        Outcome::FailedExpectedly { end, retry_after } => {
            let delay = retry_after.or_else(|| backoff::delay(policy, failures.saturating_add(1), random, spread));
            retry(end, delay)
        }
        Outcome::Cancelled(end) => ended(Event::ConfirmCancel, Destination::Cancelled, end),
        Outcome::Stopped(end) => ended(Event::Stall, Destination::Stalled, end),
        Outcome::HandedBack(end) => ended(Event::HandBack, Destination::Waiting(Position::Head), end),
    }
}

/// A task whose worker let the lease run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseOver<'a> {
    /// Dead workers before this one.
    pub lost: u32,
    /// False right after the store was away: then nobody can say that the worker died.
    pub counts_as_lost: bool,
    /// Who had it, and what it said last.
    pub evidence: &'a str,
}

/// What becomes of a task whose worker died: it runs again, next in its lane, until that has happened
/// `max_lost` times; then it fails and is a dead letter whatever its policy.
pub fn after_lease_over(policy: &Policy, over: LeaseOver<'_>) -> Transition {
    let lost = over.lost.saturating_add(u32::from(over.counts_as_lost));
    let poisoned = over.counts_as_lost && lost >= policy.max_lost;
    let end = EndDetail {
        kind: EndKind::Lost,
        error: if poisoned {
            format!("{}; {lost} workers died under this task, so it is not run again", over.evidence)
        } else {
            over.evidence.to_owned()
        },
        error_type: "WorkerLost".to_owned(),
        backtrace: None,
    };
    let (event, destination) = if poisoned {
        (Event::Poison, Destination::Failed { dead_letter: true })
    } else {
        (Event::LeaseOver, Destination::Waiting(Position::Head))
    };
    Transition { counts_lost: over.counts_as_lost, ..ended(event, destination, end) }
}

/// What becomes of a task that gave no sign of progress for too long: a person is to look at it. Not decided for a task
/// whose end was asked for: that wish ends it.
pub fn after_silence(evidence: &str) -> Transition {
    let end = EndDetail {
        kind: EndKind::Stalled,
        error: evidence.to_owned(),
        error_type: "Silent".to_owned(),
        backtrace: None,
    };
    Transition { yields_to_cancel: false, ..ended(Event::Stall, Destination::Stalled, end) }
}

fn failed(policy: &Policy, end: EndDetail) -> Transition {
    let dead_letter = policy.dead_letter == DeadLetter::Save;
    Transition { counts_failure: true, ..ended(Event::Fail, Destination::Failed { dead_letter }, end) }
}

fn retry(end: EndDetail, delay: Option<Duration>) -> Transition {
    let (event, destination) = match delay {
        None => (Event::RetryAtOnce, Destination::Waiting(Position::Tail)),
        Some(delay) => (Event::RetryLater, Destination::Scheduled(delay)),
    };
    Transition { counts_failure: true, ..ended(event, destination, end) }
}

fn ended(event: Event, destination: Destination, end: EndDetail) -> Transition {
    Transition { event, destination, end: Some(end), counts_failure: false, counts_lost: false, yields_to_cancel: true }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::lifecycle::step;
    use crate::model::Status;

    fn end(kind: EndKind) -> EndDetail {
        EndDetail { kind, error: "upstream timed out".into(), error_type: "TimeoutError".into(), backtrace: None }
    }

    fn expected(retry_after: Option<Duration>) -> Outcome {
        Outcome::FailedExpectedly { end: end(EndKind::Failed), retry_after }
    }

    #[test]
    fn an_expected_error_is_retried_until_the_retries_are_spent() {
        let policy = Policy { max_retries: 2, dead_letter: DeadLetter::Save, ..Policy::default() };
        let first = after_attempt(&policy, 0, expected(None), 0.0, 0.0);
        assert_eq!((first.event, first.destination), (Event::RetryAtOnce, Destination::Waiting(Position::Tail)));
        let last = after_attempt(&policy, 2, expected(None), 0.0, 0.0);
        assert_eq!((last.event, last.destination), (Event::Fail, Destination::Failed { dead_letter: true }));
        assert!(last.counts_failure && last.yields_to_cancel);
    }

    #[test]
    fn an_unexpected_error_fails_at_once() {
        let transition = after_attempt(&Policy::default(), 0, Outcome::Failed(end(EndKind::Panicked)), 0.0, 0.0);
        assert_eq!(transition.destination, Destination::Failed { dead_letter: false });
    }

    #[test]
    fn a_handler_may_ask_for_its_own_delay() {
        let transition = after_attempt(&Policy::default(), 0, expected(Some(Duration::from_secs(7))), 0.0, 0.0);
        assert_eq!(transition.destination, Destination::Scheduled(Duration::from_secs(7)));
    }

    #[test]
    fn a_completed_task_does_not_yield_to_a_cancellation() {
        let transition = after_attempt(&Policy::default(), 0, Outcome::Completed(Bytes::from_static(b"1")), 0.0, 0.0);
        assert!(!transition.yields_to_cancel);
    }

    #[test]
    fn a_handed_back_task_spends_no_retry() {
        let transition = after_attempt(&Policy::default(), 0, Outcome::HandedBack(end(EndKind::HandedBack)), 0.0, 0.0);
        assert_eq!(transition.destination, Destination::Waiting(Position::Head));
        assert!(!transition.counts_failure && !transition.counts_lost);
    }

    #[test]
    fn a_task_under_which_workers_die_is_taken_out() {
        let over = |lost, counts_as_lost| {
            after_lease_over(&Policy::default(), LeaseOver { lost, counts_as_lost, evidence: "gone" })
        };
        assert_eq!(over(0, true).destination, Destination::Waiting(Position::Head));
        assert_eq!(over(1, true).destination, Destination::Waiting(Position::Head));
        assert_eq!(over(2, true).destination, Destination::Failed { dead_letter: true });
        assert_eq!(over(2, false).destination, Destination::Waiting(Position::Head));
        assert!(over(0, true).counts_lost && !over(0, false).counts_lost);
    }

    #[test]
    fn a_silent_task_is_stalled_and_costs_it_nothing() {
        let transition = after_silence("no heartbeat for 30 s");
        assert_eq!(step(Status::Started, transition.event), Ok(Status::Stalled));
        assert_eq!(transition.destination, Destination::Stalled);
        assert!(!transition.counts_failure && !transition.counts_lost && !transition.yields_to_cancel);
        let end = transition.end.expect("an end for its history");
        assert_eq!((end.kind, end.error.as_str()), (EndKind::Stalled, "no heartbeat for 30 s"));
        assert_eq!(end.error_type, "Silent");
    }

    fn outcomes() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Completed(Bytes::from_static(b"null"))),
            Just(Outcome::Failed(end(EndKind::Failed))),
            prop::option::of(0u64..100).prop_map(|after| expected(after.map(Duration::from_secs))),
            Just(Outcome::Cancelled(end(EndKind::Cancelled))),
            Just(Outcome::Stopped(end(EndKind::Stalled))),
            Just(Outcome::HandedBack(end(EndKind::HandedBack))),
        ]
    }

    proptest! {
        #[test]
        fn every_decision_is_a_step_of_the_lifecycle(
            outcome in outcomes(), failures in 0u32..10, max_retries in 0u32..10, delay in prop::option::of(0u64..100),
            lost in 0u32..10, counts_as_lost: bool,
        ) {
            let policy = Policy { max_retries, retry_delay: delay.map(Duration::from_secs), ..Policy::default() };
            for transition in [
                after_attempt(&policy, failures, outcome, 0.5, 0.5),
                after_lease_over(&policy, LeaseOver { lost, counts_as_lost, evidence: "gone" }),
            ] {
                prop_assert_eq!(step(Status::Started, transition.event), Ok(transition.destination.status()));
                if transition.yields_to_cancel {
                    prop_assert_eq!(step(Status::Started, Event::ConfirmCancel), Ok(Status::Cancelled));
                }
            }
        }
    }
}
