//! A small evidence in which all is well, and what is found when one thing in it is not.

use super::{Evidence, Finding, Kind, check};
use crate::fault::Chance;
use crate::fault::journal::{Event, How, Line, Run};
use crate::fault::plan::Plan;
use crate::fault::record::{Ended, Record, Said};
use crate::fault::recorded::Completed;
use crate::fault::tally::Tally;

const ID: &str = "01M82RTTMQ2ZKA40YS7W1CFVR4";
/// The workers.
const FIRST: u32 = 7;
const SECOND: u32 = 8;

fn run(attempt: u32, pid: u32) -> Run {
    Run { id: ID.to_owned(), attempt, token: format!("token {attempt}"), pid }
}

fn start(attempt: u32, pid: u32) -> Event {
    Event::Start { run: run(attempt, pid) }
}

fn stop(attempt: u32, pid: u32, how: How) -> Event {
    Event::Stop { run: run(attempt, pid), how }
}

/// Events at these seconds.
fn journal(events: Vec<(f64, Event)>) -> Vec<Line> {
    events.into_iter().map(|(at, event)| Line { at, clock: (at * 1000.0) as i64, event }).collect()
}

fn time(seconds: f64) -> String {
    format!("1970-01-01T00:00:{seconds:06.3}Z")
}

fn lost(attempt: u32, started: f64, taken: f64) -> Ended {
    let error_type = "WorkerLost".to_owned();
    Ended { attempt, started_at: time(started), failed_at: time(taken), error_type }
}

/// A worker is killed under the task; another one completes it.
fn all_is_well() -> Evidence {
    let plan = Plan { id: ID.to_owned(), ..Plan::new(&mut Chance::of(1, "check")) };
    let record = Record {
        id: ID.to_owned(),
        status: "completed".to_owned(),
        attempt: 2,
        retry_attempt: 0,
        lost: 1,
        result: Some(Completed { attempt: 2, token: "token 2".to_owned() }),
        attempts: vec![lost(1, 1.0, 4.0)],
        submitted_at: time(0.5),
        started_at: Some(time(4.5)),
    };
    Evidence {
        plans: vec![plan],
        cancelled: Vec::new(),
        surprises: Vec::new(),
        said: Said {
            records: [(ID.to_owned(), record)].into(),
            listed: [(ID.to_owned(), vec!["completed"])].into(),
            dead: Vec::new(),
            counted: [0; 4],
        },
        tally: Tally::of_counts([("submitted", 1), ("completed", 1)]),
        journal: journal(vec![
            (1.0, start(1, FIRST)),
            (2.0, Event::Killed { pid: FIRST }),
            (4.5, start(2, SECOND)),
            (5.0, stop(2, SECOND, How::Ended)),
        ]),
        lease: 2.0,
    }
}

fn record(evidence: &mut Evidence) -> &mut Record {
    evidence.said.records.get_mut(ID).unwrap()
}

/// What is found after a change.
fn found(change: impl FnOnce(&mut Evidence)) -> Vec<Finding> {
    let mut evidence = all_is_well();
    change(&mut evidence);
    check(&evidence)
}

#[track_caller]
fn is_found(kind: Kind, part: &str, change: impl FnOnce(&mut Evidence)) {
    let found = found(change);
    assert!(found.iter().any(|finding| finding.kind == kind && finding.what.contains(part)), "{found:#?}");
}

#[test]
fn nothing_is_found_where_all_is_well() {
    assert_eq!(found(|_| ()), []);
}

#[test]
fn a_task_that_nobody_knows_or_that_is_in_no_list_is_lost() {
    is_found(Kind::Lost, "nobody knows it", |evidence| evidence.said.records.clear());
    is_found(Kind::Lost, "in no list", |evidence| evidence.said.listed.clear());
    is_found(Kind::Wrong, "in the lists of", |evidence| {
        evidence.said.listed.insert(ID.to_owned(), vec!["completed", "submitted"]);
    });
}

#[test]
fn counts_that_are_not_those_of_the_lists_are_wrong() {
    is_found(Kind::Wrong, "are counted [1, 0, 0, 0]", |evidence| evidence.said.counted = [1, 0, 0, 0]);
}

#[test]
fn a_task_that_was_completed_twice_is_found_by_the_count_of_moves() {
    is_found(Kind::FinishedTwice, "counted 2 tasks that were completed", |evidence| {
        evidence.tally = Tally::of_counts([("submitted", 1), ("completed", 2)]);
    });
}

#[test]
fn a_task_that_is_not_what_it_should_be_is_wrong() {
    is_found(Kind::Wrong, "it is cancelled", |evidence| record(evidence).status = "cancelled".to_owned());
    is_found(Kind::Wrong, "after 1 failures", |evidence| record(evidence).retry_attempt = 1);
}

#[test]
fn an_end_of_an_attempt_that_was_not_the_last_is_no_end() {
    is_found(Kind::FinishedTwice, "attempt 1 completed it in attempt 2", |evidence| {
        record(evidence).result = Some(Completed { attempt: 1, token: "token 1".to_owned() });
    });
}

#[test]
fn a_second_good_end_is_found_unless_its_task_had_been_taken_away() {
    let ended_before_it_was_killed = |evidence: &mut Evidence| {
        let end = Line { at: 1.5, clock: 1500, event: stop(1, FIRST, How::Ended) };
        evidence.journal.insert(1, end);
    };
    assert_eq!(found(ended_before_it_was_killed), []);
    is_found(Kind::FinishedTwice, "attempt 1 ended well, but", |evidence| {
        ended_before_it_was_killed(evidence);
        record(evidence).attempts[0].error_type = "Interrupted".to_owned();
    });
}

#[test]
fn attempts_without_an_end_or_with_one_too_late_are_wrong() {
    is_found(Kind::Wrong, "ends are kept of []", |evidence| record(evidence).attempts.clear());
    is_found(Kind::Wrong, "ended after the next began", |evidence| record(evidence).started_at = Some(time(3.0)));
}

#[test]
fn an_attempt_that_begins_while_another_runs_is_found() {
    is_found(Kind::RunningTwice, "in a worker that was well", |evidence| {
        evidence.journal.remove(1);
    });
    is_found(Kind::RunningTwice, "began twice", |evidence| {
        evidence.journal.push(Line { at: 6.0, clock: 6000, event: start(2, FIRST) });
    });
}

/// Frozen from 1.5 s on for so long.
fn frozen(evidence: &mut Evidence, seconds: f64) {
    evidence.journal = journal(vec![
        (1.0, start(1, FIRST)),
        (1.5, Event::Frozen { pid: FIRST }),
        (1.5 + seconds, Event::Thawed { pid: FIRST }),
        (4.5, start(2, SECOND)),
        (4.6, stop(1, FIRST, How::Left)),
        (5.0, stop(2, SECOND, How::Ended)),
    ]);
}

#[test]
fn a_worker_that_was_frozen_for_a_lease_may_run_on_for_a_moment() {
    assert_eq!(found(|evidence| frozen(evidence, 2.5)), []);
    is_found(Kind::RunningTwice, "in a worker that was well", |evidence| frozen(evidence, 0.5));
}

#[test]
fn an_attempt_that_runs_on_when_it_was_taken_away_is_found() {
    is_found(Kind::Wrong, "attempt 1 ran on for 2.50 s", |evidence| {
        frozen(evidence, 2.5);
        evidence.journal.remove(4);
        evidence.journal.push(Line { at: 7.0, clock: 7000, event: stop(1, FIRST, How::Left) });
    });
}

#[test]
fn a_worker_that_was_frozen_between_claim_and_handler_may_begin_late() {
    let begins_late = |seconds: f64| {
        move |evidence: &mut Evidence| {
            frozen(evidence, seconds);
            let start = evidence.journal.remove(0);
            evidence.journal.insert(3, start);
        }
    };
    assert_eq!(found(begins_late(2.5)), []);
    is_found(Kind::RunningTwice, "in a worker that was well", begins_late(0.5));
}

#[test]
fn a_task_that_is_taken_from_a_worker_that_had_renewed_is_found() {
    is_found(Kind::RunningTwice, "was taken at 1970-01-01T00:00:04.400Z from a worker that was well", |evidence| {
        frozen(evidence, 0.8);
        record(evidence).attempts[0].failed_at = time(4.4);
    });
    is_found(Kind::RunningTwice, "before its first lease was over", |evidence| {
        record(evidence).attempts[0].failed_at = time(2.9);
    });
}

#[test]
fn what_was_cancelled_does_not_run() {
    let cancelled = |at: usize| {
        move |evidence: &mut Evidence| {
            evidence.journal.insert(at, Line { at: 2.5, clock: 2500, event: Event::Cancelled { id: ID.to_owned() } });
            evidence.cancelled.push(ID.to_owned());
        }
    };
    is_found(Kind::RunningTwice, "began to run after it was cancelled", cancelled(2));
    is_found(Kind::RunningTwice, "was running when the API said", cancelled(3));
    is_found(Kind::Wrong, "it is completed", cancelled(4));
    is_found(Kind::RunningTwice, "began to run after it was cancelled", |evidence| {
        let event = Event::CancelAsked { id: ID.to_owned(), attempt: 1 };
        evidence.journal.insert(1, Line { at: 1.2, clock: 1200, event });
    });
}

#[test]
fn a_task_that_starts_before_its_time_is_wrong() {
    is_found(Kind::Wrong, "before its time", |evidence| evidence.plans[0].delay = Some(0.6));
}
