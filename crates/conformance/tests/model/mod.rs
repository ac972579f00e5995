//! The lifecycle checked as a model: from an empty store, every state that can be reached and every step from it, by
//! breadth-first search. What becomes of a task is decided by the functions of `jobbers_core::lifecycle` themselves;
//! they are applied to a store that is as small as can be, and `invariant` says anew what must hold.
//!
//! Modelled: submit (at once, for later), claim and finish in one turn, renew with and without heartbeat, cancel,
//! resubmit, forget, promote, and reap and stall, which list first and apply later; two workers, each of which may
//! freeze at any moment and go on with an old token, or die; answers that are lost, steps that are sent again, and
//! copies that arrive late; outages of the store; and time, in ticks. From every state there must be an ordinary way,
//! without a client or a mishap, on which every task ends.
//!
//! Not modelled: expiry, dropping, hastening, priorities, several queues and types, limits, batches of more than one,
//! and that a worker may still run an attempt that it has itself claimed anew. Whether the real stores do as this one
//! does is what the scenarios and the oracle are for.
//!
//! Bounds: one task with everything; two tasks without times, retries and silence; one mishap (see [`Bounds`]) in any
//! place. Attempts are bounded by the policy and the mishaps, times by counting down: so the search ends by itself, and
//! fails if it would not.

mod action;
mod answer;
mod apply;
mod bounds;
mod decide;
mod guard;
mod hasher;
mod invariant;
mod progress;
mod rules;
mod search;
mod state;
mod store;
mod symmetry;
mod trace;

use answer::Answer;
use bounds::Bounds;
use guard::Guard;
use jobbers_core::lifecycle::Event;
use rules::Rules;
use search::{Violation, search};

/// Everything holds, and everything but `unseen` came about.
fn holds(bounds: Bounds, unseen: &[&str]) {
    let report = match search(&Rules::new(bounds)) {
        Ok(report) => report,
        Err(Violation { what, trace }) => panic!("{what}\n{trace}"),
    };
    println!("{} states, {} edges: {:?}", report.states, report.edges, report.seen);
    let expected = Event::ALL.map(Event::as_str).into_iter().chain(Answer::WORDS);
    let missing: Vec<_> = expected.filter(|word| !report.seen.contains_key(word)).collect();
    assert_eq!(missing, unseen, "never came about");
}

#[test]
fn one_task_is_safe_and_ends() {
    holds(Bounds::ONE_TASK, &["expire", "drop"]);
}

#[test]
fn two_tasks_are_safe_and_end() {
    let of_times = ["schedule", "promote", "fail", "retry at once", "retry later", "hand back", "stall"];
    let unseen: Vec<_> = of_times.into_iter().chain(["expire", "drop", "promoted", "not due"]).collect();
    holds(Bounds::TWO_TASKS, &unseen);
}

#[test]
fn no_guard_can_be_taken_out() {
    for guard in Guard::ALL {
        match search(&Rules::without(Bounds::SMALL, guard)) {
            Ok(report) => panic!("{guard:?} was taken out, and nothing went wrong in {} states", report.states),
            Err(Violation { what, trace }) => {
                assert!(!trace.is_empty(), "{guard:?}: {what}");
                println!("without {guard:?}: {what}\n{trace}");
            }
        }
    }
}

#[test]
fn a_violation_comes_with_a_shortest_way_to_it() {
    let violation = search(&Rules::without(Bounds::SMALL, Guard::LeaseOverOnReap)).expect_err("a violation");
    assert_eq!(violation.what, "task 0 was reaped under a lease that holds");
    let steps: Vec<_> = violation.trace.lines().step_by(2).collect();
    assert_eq!(
        steps,
        [
            "  1. a client submits task 0",
            "  2. worker 0 claims",
            "  3. time passes",
            "  4. the scheduler asks whether the lease of task 0 is over",
            "  5. worker 0 renews its lease of task 0",
            "  6. the scheduler reaps as it decided",
        ]
    );
}

#[test]
fn a_search_that_is_not_complete_fails() {
    let violation = search(&Rules::new(Bounds { most_states: 100, ..Bounds::SMALL })).expect_err("too many states");
    assert_eq!(violation.what, "more than 100 states: the search is not complete");
}
