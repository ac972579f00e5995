//! What is kept of attempts, over retries, dead workers and promotions.

use std::time::Duration;

use jobbers_core::model::{EndKind, Policy, Status};

use super::{applied, get, submit};
use crate::Environment;
use crate::sample::{completed, failed, failed_expectedly, failed_for_later, handed_back, id, task};
use crate::scheduler;
use crate::worker::Worker;

pub async fn the_history_has_every_end_but_completion(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut one = Worker::start(env.store(), 1).await;
    let mut two = Worker::start(env.store(), 2).await;
    let mut expected = Vec::new();

    let attempt = one.claim_one().await;
    env.advance(Duration::from_secs(1)).await;
    one.finish(&attempt, failed_expectedly("first")).await;
    expected.push((1, 0, one.id, attempt.started_at, env.now(), EndKind::Failed));

    env.advance(Duration::from_secs(1)).await;
    let attempt = two.claim_one().await;
    assert_eq!((attempt.attempt, attempt.failures, attempt.lost), (2, 1, 0));
    env.advance(Duration::from_secs(1)).await;
    two.finish(&attempt, handed_back()).await;
    expected.push((2, 1, two.id, attempt.started_at, env.now(), EndKind::HandedBack));

    let attempt = one.claim_one().await;
    assert_eq!((attempt.attempt, attempt.failures, attempt.lost), (3, 1, 0), "handing back is no failure");
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    expected.push((3, 1, one.id, attempt.started_at, env.now(), EndKind::Lost));

    let attempt = two.claim_one().await;
    assert_eq!((attempt.attempt, attempt.failures, attempt.lost), (4, 1, 1), "nor is a dead worker");
    env.advance(Duration::from_secs(1)).await;
    two.finish(&attempt, failed_for_later("second", 5)).await;
    expected.push((4, 1, two.id, attempt.started_at, env.now(), EndKind::Failed));

    env.advance(Duration::from_secs(6)).await;
    scheduler::promote(env.store()).await;
    let attempt = two.claim_one().await;
    assert_eq!((attempt.attempt, attempt.failures, attempt.lost), (5, 2, 1));
    two.finish(&attempt, completed("1")).await;

    let task = get(env.store(), id(1)).await;
    let ends: Vec<_> = task
        .attempts
        .iter()
        .map(|end| (end.attempt, end.retry_attempt, end.worker, end.started_at, end.ended_at, end.detail.kind))
        .collect();
    assert_eq!(ends, expected);
    assert_eq!((task.status, task.attempt, task.failures, task.lost), (Status::Completed, 5, 2, 1));
}

pub async fn retries_end_when_the_policy_says(env: &Environment) {
    submit(env.store(), task(1)).await;
    let policy = Policy { max_retries: 2, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy).await;
    for expected in [Status::Submitted, Status::Submitted, Status::Failed] {
        let attempt = worker.claim_one().await;
        assert_eq!(worker.finish(&attempt, failed_expectedly("busy")).await, applied(expected));
    }
    assert!(worker.claim_all().await.is_empty());
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.attempt, task.failures, task.attempts.len()), (3, 3, 3));
}

pub async fn the_policy_shown_is_the_one_of_the_last_start(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut old = Worker::start(env.store(), 1).await;
    let attempt = old.claim_one().await;
    old.finish(&attempt, failed_expectedly("busy")).await;
    let policy = Policy { max_retries: 0, max_lost: 1, ..Policy::default() };
    let mut new = Worker::with_policy(env.store(), 2, policy.clone()).await;
    assert_eq!(get(env.store(), id(1)).await.policy, Some(Policy::default()), "it has not started again yet");
    new.claim_one().await;
    assert_eq!(get(env.store(), id(1)).await.policy, Some(policy));
}

pub async fn a_hundred_attempts_are_all_kept(env: &Environment) {
    submit(env.store(), task(1)).await;
    let policy = Policy { max_retries: 99, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy).await;
    for n in 0..100 {
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, failed_expectedly(&format!("error {n}"))).await;
    }
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.failures), (Status::Failed, 100));
    let numbers: Vec<_> = task.attempts.iter().map(|end| end.attempt).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    assert!(task.attempts.iter().enumerate().all(|(n, end)| end.detail.error == format!("error {n}")));
}

pub async fn a_task_that_failed_for_good_stays_so(env: &Environment) {
    submit(env.store(), task(1)).await;
    let policy = Policy { dead_letter: jobbers_core::model::DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy).await;
    let attempt = worker.claim_one().await;
    assert_eq!(worker.finish(&attempt, failed("broken")).await, applied(Status::Failed));
    env.advance(Duration::from_secs(3600)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0);
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
    assert!(worker.claim_all().await.is_empty());
    assert_eq!(get(env.store(), id(1)).await.status, Status::Failed);
}
