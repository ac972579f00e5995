//! What renewing a lease promises.

use std::time::Duration;

use jobbers_core::model::{Progress, Status, Token};
use jobbers_core::store::{Beat, Lease, Renewal, Renewed, Turn};

use super::{applied, get, stale, submit, submit_all};
use crate::Environment;
use crate::sample::{LEASE, completed, id, task, tasks, worker_id};
use crate::scheduler;
use crate::worker::Worker;

pub async fn a_renewed_lease_holds_for_its_whole_length_again(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    for _ in 0..5 {
        env.advance(Duration::from_secs(9)).await;
        assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    }
    env.advance(Duration::from_millis(9_999)).await;
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
    env.advance(Duration::from_millis(2)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(1)]);
}

pub async fn a_lease_that_is_over_is_renewed_while_nobody_took_the_task(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(60)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(1)]);
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
}

pub async fn a_lease_that_was_taken_away_stays_so(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    let progress = Some(Progress { percent: 50.0, message: None });
    assert_eq!(worker.beat(&attempt, progress).await, Renewed::Taken);
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.progress, task.heartbeat_at), (Status::Submitted, None, None));
    let mut other = Worker::start(env.store(), 2).await;
    let second = other.claim_one().await;
    assert_eq!(worker.renew(&attempt).await, Renewed::Taken);
    env.advance(Duration::from_secs(9)).await;
    assert_eq!(worker.renew(&attempt).await, Renewed::Taken, "the old token does not extend the new lease");
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(1)]);
    assert_eq!(other.renew(&second).await, Renewed::Kept);
}

pub async fn an_ended_or_unknown_task_is_not_kept(env: &Environment) {
    submit(env.store(), task(1)).await;
    submit(env.store(), task(2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, completed("1")).await;
    let before = get(env.store(), id(1)).await;
    assert_eq!(worker.beat(&attempt, None).await, Renewed::Taken);
    assert_eq!(get(env.store(), id(1)).await, before);
    let lease = |n, token| Lease { id: id(n), token, beat: None };
    let tasks = vec![lease(2, attempt.token), lease(2, Token::default()), lease(3, attempt.token)];
    let reply = env.store().renew(&Renewal { worker: worker.id, lease: LEASE, tasks }).await.expect("renew");
    assert_eq!(reply.tasks, [Renewed::Taken; 3]);
    assert_eq!(get(env.store(), id(2)).await.status, Status::Submitted);
}

pub async fn leases_are_answered_in_order(env: &Environment) {
    submit_all(env.store(), &tasks(1..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(3).await;
    env.store().cancel(id(3)).await.expect("cancel");
    worker.finish(&attempts[0], completed("1")).await;
    let tasks = [2, 0, 1].map(|n: usize| Lease { id: attempts[n].id, token: attempts[n].token, beat: None });
    let renewal = Renewal { worker: worker.id, lease: LEASE, tasks: tasks.to_vec() };
    let reply = env.store().renew(&renewal).await.expect("renew");
    assert_eq!(reply.tasks, [Renewed::CancelRequested, Renewed::Taken, Renewed::Kept]);
    assert_eq!(reply.now, env.now());
}

pub async fn a_full_batch_is_renewed_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..500)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(500).await;
    env.advance(Duration::from_secs(9)).await;
    let beat = Beat { progress: None, max_heartbeat_interval: None };
    let tasks =
        attempts.iter().map(|task| Lease { id: task.id, token: task.token, beat: Some(beat.clone()) }).collect();
    let reply = env.store().renew(&Renewal { worker: worker.id, lease: LEASE, tasks }).await.expect("renew");
    assert_eq!(reply.tasks, vec![Renewed::Kept; 500]);
    env.advance(Duration::from_secs(9)).await;
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
}

pub async fn no_leases_are_no_error(env: &Environment) {
    let renewal = Renewal { worker: worker_id(1), lease: LEASE, tasks: Vec::new() };
    assert!(env.store().renew(&renewal).await.expect("renew").tasks.is_empty());
}

pub async fn a_heartbeat_is_shown(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    assert_eq!(get(env.store(), id(1)).await.heartbeat_at, None, "a lease is no heartbeat");
    for _ in 0..2 {
        env.advance(Duration::from_secs(1)).await;
        assert_eq!(worker.beat(&attempt, None).await, Renewed::Kept);
        assert_eq!(get(env.store(), id(1)).await.heartbeat_at, Some(env.now()));
    }
}

pub async fn progress_stays_until_there_is_more(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    let progress = |percent, message: Option<&str>| Some(Progress { percent, message: message.map(str::to_owned) });
    worker.beat(&attempt, progress(10.0, Some("one"))).await;
    worker.beat(&attempt, None).await;
    assert_eq!(get(env.store(), id(1)).await.progress, progress(10.0, Some("one")));
    worker.beat(&attempt, progress(99.5, None)).await;
    assert_eq!(get(env.store(), id(1)).await.progress, progress(99.5, None));
    worker.finish(&attempt, completed("1")).await;
}

pub async fn a_repeated_renewal_is_answered_alike(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    let progress = Some(Progress { percent: 1.0, message: None });
    assert_eq!(worker.beat(&attempt, progress.clone()).await, Renewed::Kept);
    let before = get(env.store(), id(1)).await;
    assert_eq!(worker.beat(&attempt, progress).await, Renewed::Kept);
    assert_eq!(get(env.store(), id(1)).await, before);
    assert_eq!(worker.finish(&attempt, completed("1")).await, applied(Status::Completed));
}

pub async fn leases_of_different_lengths_are_told_apart(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    let mut patient = Worker::start(env.store(), 1).await;
    patient.claim_one().await;
    let mut hasty = Worker::start(env.store(), 2).await;
    let claim = hasty.claim_of(1);
    let turn = Turn { lease: Duration::from_secs(2), ..hasty.next_turn(Vec::new(), Some(claim)) };
    let attempt = hasty.send(&turn).await.claimed.remove(0);
    env.advance(Duration::from_secs(3)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(2)]);
    scheduler::reap(env.store()).await;
    assert_eq!(hasty.finish(&attempt, completed("1")).await, stale(Status::Submitted));
    env.advance(Duration::from_secs(8)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(1)]);
}
