//! Tasks that must have started by a time, or never do.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, Timestamp};
use jobbers_core::store::{Expired, MAX_BATCH, Resubmit, SharedStore};

use super::{applied, get, status, submit, submit_all};
use crate::Environment;
use crate::sample::{
    alpha, beta, failed_expectedly, failed_for_later, handed_back, id, task, task_after, task_of, tasks,
};
use crate::scheduler;
use crate::worker::Worker;

/// The n-th task, which expires after so many seconds.
fn expiring(env: &Environment, seconds: u64, n: u64) -> NewTask {
    NewTask { expires_at: Some(env.now().after(Duration::from_secs(seconds))), ..task(n) }
}

async fn expire(store: &SharedStore) -> Expired {
    store.expire(MAX_BATCH).await.expect("expire")
}

/// A claim that met it may have cancelled it already.
async fn ended_by_expiry(store: &SharedStore, n: u64) {
    expire(store).await;
    let task = get(store, id(n)).await;
    assert_eq!((task.status, task.attempt), (Status::Cancelled, 0));
}

pub async fn tasks_that_have_not_started_are_cancelled_when_they_expire(env: &Environment) {
    submit_all(env.store(), &[expiring(env, 10, 1), task(3)]).await;
    let later = NewTask { when: jobbers_core::model::When::After(Duration::from_secs(60)), ..expiring(env, 10, 2) };
    submit_all(env.store(), &[later, task_after(60, 4)]).await;
    let deadline = env.now().after(Duration::from_secs(10));
    assert_eq!(get(env.store(), id(1)).await.expires_at, Some(deadline));
    env.advance(Duration::from_millis(9_999)).await;
    let expired = expire(env.store()).await;
    assert_eq!((expired.now, expired.moved), (env.now(), 0));
    assert!(expired.next.is_some_and(|hint| hint <= deadline), "{expired:?}");

    env.advance(Duration::from_millis(1)).await;
    assert_eq!(expire(env.store()).await, Expired { now: env.now(), moved: 2, next: None });
    for n in [1, 2] {
        let task = get(env.store(), id(n)).await;
        assert_eq!((task.status, task.ended_at, task.run_at), (Status::Cancelled, Some(env.now()), None));
        assert_eq!((task.expires_at, task.cancel_requested_at), (Some(deadline), None));
    }
    assert_eq!(status(env.store(), id(3)).await, Status::Submitted);
    assert_eq!(status(env.store(), id(4)).await, Status::Scheduled);
    assert_eq!(expire(&env.other().await).await.moved, 0, "nor twice");
    env.advance(Duration::from_secs(60)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(3), id(4)]);
}

pub async fn an_expired_task_never_starts_even_if_nobody_swept(env: &Environment) {
    submit_all(env.store(), &[expiring(env, 10, 1), expiring(env, 30, 2), task(3)]).await;
    env.advance(Duration::from_secs(10)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(2), id(3)]);
    ended_by_expiry(env.store(), 1).await;
}

pub async fn a_task_that_expired_before_it_was_submitted_never_starts(env: &Environment) {
    let past = Timestamp::from_millis(env.now().as_millis() - 1);
    submit_all(env.store(), &[NewTask { expires_at: Some(past), ..task(1) }]).await;
    submit_all(env.store(), &[NewTask { expires_at: Some(env.now()), ..task(2) }]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
    ended_by_expiry(env.store(), 1).await;
    ended_by_expiry(env.store(), 2).await;
}

pub async fn a_task_that_expired_while_it_was_scheduled_never_starts(env: &Environment) {
    let when = jobbers_core::model::When::After(Duration::from_secs(5));
    submit_all(env.store(), &[NewTask { when, ..expiring(env, 6, 1) }, NewTask { when, ..expiring(env, 6, 2) }]).await;
    env.advance(Duration::from_secs(6)).await;
    scheduler::promote(env.store()).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
    ended_by_expiry(env.store(), 1).await;
    ended_by_expiry(env.store(), 2).await;
}

pub async fn a_hastened_task_expires_as_before(env: &Environment) {
    let when = jobbers_core::model::When::After(Duration::from_secs(60));
    submit(env.store(), NewTask { when, ..expiring(env, 6, 1) }).await;
    env.store().hasten(&[id(1)]).await.expect("hasten");
    env.advance(Duration::from_secs(7)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
    ended_by_expiry(env.store(), 1).await;
}

pub async fn a_task_that_has_started_does_not_expire(env: &Environment) {
    let all: Vec<_> = (1..=5).map(|n| expiring(env, 5, n)).collect();
    submit_all(env.store(), &all).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_all().await;
    assert_eq!(claimed.len(), 5);
    // Retried at once, retried later, handed back, lost with its worker; and one that runs on.
    for (attempt, outcome) in
        claimed.iter().zip([failed_expectedly("busy"), failed_for_later("busy", 20), handed_back()])
    {
        worker.finish(attempt, outcome).await;
    }
    env.advance(Duration::from_secs(8)).await;
    worker.renew(&claimed[4]).await;
    env.advance(Duration::from_secs(3)).await;
    assert_eq!(scheduler::reap(env.store()).await, [applied(Status::Submitted)]);
    assert_eq!(expire(env.store()).await.moved, 0);
    assert_eq!(worker.claim_all().await.len(), 3);
    env.advance(Duration::from_secs(10)).await;
    assert_eq!(expire(env.store()).await, Expired { now: env.now(), moved: 0, next: None });
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    assert_eq!(worker.claim_one().await.id, id(2));
    assert!(get(env.store(), id(5)).await.expires_at.is_some(), "what was asked for is still shown");
}

pub async fn an_ended_task_does_not_expire(env: &Environment) {
    submit(env.store(), expiring(env, 10, 1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    let before = get(env.store(), id(1)).await;
    env.advance(Duration::from_secs(20)).await;
    assert_eq!(expire(env.store()).await.moved, 0);
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn a_resubmitted_task_does_not_expire(env: &Environment) {
    submit_all(env.store(), &[expiring(env, 10, 1), expiring(env, 10, 2)]).await;
    env.store().cancel(id(1)).await.expect("cancel");
    let resubmit = |n| Resubmit { ids: vec![id(n)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit(1)).await.expect("resubmit");
    assert_eq!(get(env.store(), id(1)).await.expires_at, None);
    env.advance(Duration::from_secs(20)).await;
    assert_eq!(expire(env.store()).await.moved, 1);
    env.store().resubmit(&resubmit(2)).await.expect("resubmit");
    assert_eq!(expire(env.store()).await.moved, 0);
    let mut worker = Worker::start(env.store(), 1).await;
    let mut claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    claimed.sort();
    assert_eq!(claimed, [id(1), id(2)]);
}

pub async fn the_expiry_of_a_forgotten_task_is_forgotten(env: &Environment) {
    submit(env.store(), expiring(env, 10, 1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    env.store().forget(&[id(1)]).await.expect("forget");
    submit(env.store(), task(1)).await;
    env.advance(Duration::from_secs(20)).await;
    assert_eq!(expire(env.store()).await.moved, 0);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_one().await.id, id(1));
}

pub async fn at_most_as_many_as_asked_for_expire_the_first_ones_first(env: &Environment) {
    for n in [4, 2, 5, 1, 3] {
        submit(env.store(), expiring(env, n, n)).await;
    }
    env.advance(Duration::from_secs(60)).await;
    for (expected, left) in [(2, vec![3, 4, 5]), (2, vec![5]), (1, vec![]), (0, vec![])] {
        let expired = env.store().expire(2).await.expect("expire");
        assert_eq!(expired.moved, expected);
        assert_eq!(expired.next.is_some_and(|time| time <= expired.now), !left.is_empty(), "{expired:?}");
        for n in 1..=5 {
            let waits = status(env.store(), id(n)).await == Status::Submitted;
            assert_eq!(waits, left.contains(&n), "task {n}");
        }
    }
}

pub async fn the_next_expiry_is_told(env: &Environment) {
    assert_eq!(expire(env.store()).await.next, None);
    submit_all(env.store(), &[expiring(env, 30, 1), expiring(env, 10, 2), task(3)]).await;
    let first = env.now().after(Duration::from_secs(10));
    let second = env.now().after(Duration::from_secs(30));
    assert!(expire(env.store()).await.next.is_some_and(|hint| hint <= first));
    env.advance(Duration::from_secs(10)).await;
    let expired = expire(env.store()).await;
    assert_eq!(expired.moved, 1);
    assert!(expired.next.is_some_and(|hint| hint <= second), "{expired:?}");
}

pub async fn an_expiry_in_the_far_future_is_kept(env: &Environment) {
    submit(env.store(), NewTask { expires_at: Some(Timestamp::MAX), ..task(1) }).await;
    assert_eq!(get(env.store(), id(1)).await.expires_at, Some(Timestamp::MAX));
    assert_eq!(expire(env.store()).await.moved, 0);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_one().await.id, id(1));
}

pub async fn a_full_batch_expires_at_once(env: &Environment) {
    let all: Vec<_> = (0..600).map(|n| expiring(env, 1, n)).collect();
    submit_all(env.store(), &all).await;
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(expire(env.store()).await.moved, 500);
    assert_eq!(expire(env.store()).await.moved, 100);
    assert!(super::listed_with(env.store(), Status::Submitted).await.is_empty());
}

pub async fn thousands_of_expired_tasks_hide_none_behind_them(env: &Environment) {
    let all: Vec<_> = (0..2_000).map(|n| expiring(env, 1, n)).collect();
    submit_all(env.store(), &all).await;
    submit_all(env.store(), &tasks(5_000..5_003)).await;
    env.advance(Duration::from_secs(2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, (5_000..5_003).map(id).collect::<Vec<_>>());
    while expire(env.store()).await.moved > 0 {}
    assert_eq!(super::listed_with(env.store(), Status::Cancelled).await.len(), 2_000, "each was ended once");
    assert!(worker.claim_all().await.is_empty());
}

pub async fn expired_tasks_of_a_better_priority_hide_none(env: &Environment) {
    let all: Vec<_> = (0..50).map(|n| NewTask { priority: 0, ..expiring(env, 1, n) }).collect();
    submit_all(env.store(), &all).await;
    submit_all(env.store(), &[NewTask { priority: 9, ..task(100) }]).await;
    env.advance(Duration::from_secs(2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(100)]);
}

pub async fn expired_tasks_of_one_queue_hide_none_of_another(env: &Environment) {
    let types = [alpha()];
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &types).await;
    // Whichever queue has its turn first, and with just one slot free.
    for (n, expired, live) in [(0, "default", "other"), (10, "other", "default")] {
        for turn in 0..2 {
            let expires_at = Some(env.now());
            submit(env.store(), NewTask { queue: expired.to_owned(), expires_at, ..task(n + 2 * turn) }).await;
            submit(env.store(), NewTask { queue: live.to_owned(), ..task(n + 2 * turn + 1) }).await;
            let mut claimed = Vec::new();
            // A store that has not looked at everything says so by not parking the worker.
            while claimed.is_empty() {
                let claim = worker.claim_of(1);
                let turn = worker.next_turn(Vec::new(), Some(claim));
                let reply = worker.send(&turn).await;
                assert!(!reply.parked || !reply.claimed.is_empty(), "parked although a task waits in {live}");
                claimed = reply.claimed;
            }
            assert_eq!(claimed[0].id, id(n + 2 * turn + 1));
        }
    }
}

pub async fn an_expired_task_leaves_its_turn_to_others_of_its_priority(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    for n in 0..4 {
        let expires_at = Some(env.now());
        let [expired, live] = if n % 2 == 0 { [alpha(), beta()] } else { [beta(), alpha()] };
        submit(env.store(), NewTask { priority: 1, expires_at, ..task_of(expired, 10 * n) }).await;
        submit(env.store(), NewTask { priority: 1, ..task_of(live, 10 * n + 1) }).await;
        submit(env.store(), task(10 * n + 2)).await;
        assert_eq!(worker.claim_one().await.id, id(10 * n + 1), "before what is less urgent");
        assert_eq!(worker.claim_one().await.id, id(10 * n + 2));
    }
}
