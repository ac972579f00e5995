//! Steps that are sent at the same time, from several processes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use jobbers_core::model::Status;
use jobbers_core::store::{CancelOutcome, MoveOutcome, SubmitOutcome};

use super::{get, status, submit, submit_all};
use crate::Environment;
use crate::sample::{completed, id, task, task_after, tasks};
use crate::scheduler;
use crate::worker::Worker;

pub async fn workers_that_claim_at_once_share_the_tasks(env: &Environment) {
    submit_all(env.store(), &tasks(0..300)).await;
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let mut running = Vec::new();
    for n in 0..4 {
        let (store, seen) = (env.other().await, Arc::clone(&seen));
        running.push(tokio::spawn(async move {
            let mut worker = Worker::start(&store, n).await;
            loop {
                let claimed = worker.claim(5).await;
                if claimed.is_empty() {
                    return;
                }
                for task in &claimed {
                    assert!(seen.lock().expect("no panic").insert(task.id), "{} was claimed twice", task.id);
                    let outcome = worker.finish(task, completed("1")).await;
                    assert_eq!(outcome, MoveOutcome::Applied { status: Status::Completed });
                }
            }
        }));
    }
    for worker in running {
        worker.await.expect("a worker does not panic");
    }
    assert_eq!(seen.lock().expect("no panic").len(), 300);
}

pub async fn one_of_two_submissions_at_once_is_stored(env: &Environment) {
    let other = env.other().await;
    for n in 0..20 {
        let (mine, theirs) = ([task(n)], [task(n)]);
        let (one, two) = tokio::join!(env.store().submit(&mine), other.submit(&theirs));
        let outcomes = [one.expect("submit")[0], two.expect("submit")[0]];
        let stored = outcomes.iter().filter(|outcome| matches!(outcome, SubmitOutcome::Stored { .. })).count();
        let known =
            outcomes.iter().filter(|outcome| **outcome == SubmitOutcome::Exists { now: Status::Submitted }).count();
        assert_eq!((stored, known), (1, 1), "{outcomes:?}");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 20);
}

pub async fn a_cancellation_and_a_claim_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut worker = Worker::start(&other, 1).await;
    for n in 0..20 {
        submit(env.store(), task(n)).await;
        let (outcome, claimed) = tokio::join!(env.store().cancel(id(n)), worker.claim(1));
        match (outcome.expect("cancel"), claimed.as_slice()) {
            (CancelOutcome::Cancelled, []) => assert_eq!(status(env.store(), id(n)).await, Status::Cancelled),
            (CancelOutcome::Requested { .. }, [attempt]) => {
                assert_eq!(attempt.id, id(n));
                assert!(get(env.store(), id(n)).await.cancel_requested_at.is_some());
                worker.finish(attempt, crate::sample::confirmed_cancelled()).await;
            }
            (outcome, claimed) => panic!("{outcome:?} and {claimed:?}"),
        }
    }
}

pub async fn two_schedulers_promote_a_task_once(env: &Environment) {
    let all: Vec<_> = (0..50).map(|n| task_after(1, n)).collect();
    submit_all(env.store(), &all).await;
    env.advance(std::time::Duration::from_secs(2)).await;
    let other = env.other().await;
    let (one, two) = tokio::join!(scheduler::promote(env.store()), scheduler::promote(&other));
    assert_eq!(one.moved + two.moved, 50);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 50);
}

pub async fn a_finish_and_a_reap_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut worker = Worker::start(&other, 1).await;
    for n in 0..20 {
        submit(env.store(), task(n)).await;
        let attempt = worker.claim_one().await;
        env.advance(std::time::Duration::from_secs(11)).await;
        let (finished, reaped) = tokio::join!(worker.finish(&attempt, completed("1")), scheduler::reap(env.store()));
        match (finished, reaped.as_slice()) {
            (MoveOutcome::Applied { status: Status::Completed }, [] | [MoveOutcome::Stale { .. }]) => {
                assert_eq!(status(env.store(), id(n)).await, Status::Completed);
            }
            (MoveOutcome::Stale { .. }, [MoveOutcome::Applied { status: Status::Submitted }]) => {
                assert_eq!(worker.claim_one().await.id, id(n));
                env.store().cancel(id(n)).await.expect("cancel");
                env.advance(std::time::Duration::from_secs(11)).await;
                scheduler::reap(env.store()).await;
            }
            outcome => panic!("{outcome:?}"),
        }
    }
}
