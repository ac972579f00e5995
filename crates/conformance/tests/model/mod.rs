//! The lifecycle as a model: every state that can be reached within bounds, and every step from it.

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
mod trace;

use bounds::Bounds;
use guard::Guard;
use rules::Rules;
use search::search;

fn holds(bounds: Bounds) {
    let begun = std::time::Instant::now();
    match search(&Rules::new(bounds)) {
        Ok(report) => {
            println!("{} states, {} edges, {:?}", report.states, report.edges, begun.elapsed());
            println!("{:?}", report.seen);
        }
        Err(violation) => panic!("{}\n{}", violation.what, violation.trace),
    }
}

#[test]
fn small() {
    holds(Bounds::SMALL);
}

#[test]
fn one_task_holds() {
    holds(Bounds::ONE_TASK);
}

#[test]
fn two_tasks_hold() {
    holds(Bounds::TWO_TASKS);
}

#[test]
fn guards() {
    for guard in Guard::ALL {
        let begun = std::time::Instant::now();
        match search(&Rules::without(Bounds::SMALL, guard)) {
            Ok(report) => println!("NOT FOUND {guard:?} {} {:?}", report.states, begun.elapsed()),
            Err(violation) => println!("{guard:?} {:?}: {}\n{}", begun.elapsed(), violation.what, violation.trace),
        }
    }
}
