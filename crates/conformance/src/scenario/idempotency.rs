//! Idempotency keys: what was submitted with one stands for it, for a day.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status};
use jobbers_core::store::SubmitOutcome;

use super::{get, submit, submit_all};
use crate::Environment;
use crate::sample::{completed, id, task, task_after};
use crate::worker::Worker;

const KEY: [u8; 16] = *b"\x00:%@\xff one key ok";
const OTHER: [u8; 16] = [7; 16];
const DAY: Duration = Duration::from_secs(86_400);

/// The n-th task under a key, with this content.
fn keyed(key: [u8; 16], n: u64, content: u8) -> NewTask {
    NewTask { idempotency_key: Some(key), fingerprint: [content; 8], ..task(n) }
}

async fn outcome(env: &Environment, task: NewTask) -> SubmitOutcome {
    env.store().submit(&[task]).await.expect("submit")[0]
}

fn known(n: u64, now: Status, same: bool) -> SubmitOutcome {
    SubmitOutcome::SameKey { id: id(n), now, same }
}

pub async fn a_key_stands_for_the_task_that_came_first(env: &Environment) {
    submit(env.store(), keyed(KEY, 1, 1)).await;
    let before = get(env.store(), id(1)).await;
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Submitted, true), "another id");
    assert_eq!(outcome(env, keyed(KEY, 1, 1)).await, known(1, Status::Submitted, true), "the very same step");
    assert_eq!(outcome(env, keyed(KEY, 3, 2)).await, known(1, Status::Submitted, false), "another content");
    assert_eq!(get(env.store(), id(1)).await, before);
    for n in [2, 3] {
        assert_eq!(env.store().get(id(n)).await.expect("get"), None);
    }
    assert!(matches!(outcome(env, keyed(OTHER, 4, 1)).await, SubmitOutcome::Stored { .. }), "another key");
    assert!(matches!(outcome(env, task(5)).await, SubmitOutcome::Stored { .. }), "no key");
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 3);
}

pub async fn a_repeated_key_is_told_what_its_task_is_now(env: &Environment) {
    submit(env.store(), NewTask { when: task_after(60, 1).when, ..keyed(KEY, 1, 1) }).await;
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Scheduled, true));
    env.store().hasten(&[id(1)]).await.expect("hasten");
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Started, true));
    worker.finish(&attempt, completed("1")).await;
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Completed, true));
    let other = env.other().await.submit(&[keyed(KEY, 2, 1)]).await.expect("submit");
    assert_eq!(other, [known(1, Status::Completed, true)], "every process knows it");
}

pub async fn a_key_is_forgotten_after_a_day(env: &Environment) {
    submit(env.store(), keyed(KEY, 1, 1)).await;
    env.advance(DAY - Duration::from_secs(1)).await;
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Submitted, true));
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(
        outcome(env, keyed(KEY, 1, 1)).await,
        SubmitOutcome::Exists { now: Status::Submitted },
        "the id is still known"
    );
    submit(env.store(), keyed(KEY, 2, 1)).await;
    assert_eq!(outcome(env, keyed(KEY, 3, 1)).await, known(2, Status::Submitted, true), "it stands for the newer one");
    env.advance(DAY - Duration::from_secs(1)).await;
    assert_eq!(outcome(env, keyed(KEY, 3, 1)).await, known(2, Status::Submitted, true), "for a day of its own");
}

pub async fn a_key_is_forgotten_with_its_task(env: &Environment) {
    submit(env.store(), keyed(KEY, 1, 1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Cancelled, true));
    env.store().forget(&[id(1)]).await.expect("forget");
    submit(env.store(), keyed(KEY, 2, 1)).await;
    assert_eq!(outcome(env, keyed(KEY, 1, 1)).await, known(2, Status::Submitted, true));
    assert_eq!(env.store().get(id(1)).await.expect("get"), None);
}

pub async fn a_new_task_under_a_forgotten_id_does_not_have_its_key(env: &Environment) {
    submit(env.store(), keyed(KEY, 1, 1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    env.store().forget(&[id(1)]).await.expect("forget");
    submit(env.store(), task(1)).await;
    submit(env.store(), keyed(KEY, 2, 1)).await;
    assert_eq!(outcome(env, keyed(KEY, 3, 1)).await, known(2, Status::Submitted, true));
}

pub async fn a_key_that_stands_for_a_newer_task_outlives_the_older_one(env: &Environment) {
    submit(env.store(), keyed(KEY, 1, 1)).await;
    env.advance(DAY + Duration::from_secs(1)).await;
    submit(env.store(), keyed(KEY, 2, 1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    env.store().forget(&[id(1)]).await.expect("forget");
    assert_eq!(outcome(env, keyed(KEY, 3, 1)).await, known(2, Status::Submitted, true));
}

pub async fn a_key_that_comes_twice_in_one_call_stands_for_the_first(env: &Environment) {
    let batch = [keyed(KEY, 1, 1), keyed(OTHER, 2, 1), keyed(KEY, 3, 1), keyed(KEY, 1, 1), keyed(KEY, 4, 2), task(5)];
    let outcomes = env.store().submit(&batch).await.expect("submit");
    let stored = |outcome: &SubmitOutcome| matches!(outcome, SubmitOutcome::Stored { .. });
    assert!(stored(&outcomes[0]) && stored(&outcomes[1]) && stored(&outcomes[5]), "{outcomes:?}");
    let expected =
        [known(1, Status::Submitted, true), known(1, Status::Submitted, true), known(1, Status::Submitted, false)];
    assert_eq!(outcomes[2..5], expected);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 3);
}

pub async fn a_key_is_not_taken_by_what_was_not_stored(env: &Environment) {
    submit(env.store(), task(1)).await;
    let conflict = outcome(env, keyed(KEY, 1, 9)).await;
    assert_eq!(conflict, SubmitOutcome::Conflict { now: Status::Submitted });
    let same = NewTask { idempotency_key: Some(OTHER), ..task(1) };
    assert_eq!(outcome(env, same).await, SubmitOutcome::Exists { now: Status::Submitted });
    submit_all(env.store(), &[keyed(KEY, 2, 1), keyed(OTHER, 3, 1)]).await;
}

pub async fn a_key_counts_more_than_an_id(env: &Environment) {
    submit(env.store(), keyed(KEY, 1, 1)).await;
    submit(env.store(), task(2)).await;
    assert_eq!(outcome(env, keyed(KEY, 2, 1)).await, known(1, Status::Submitted, true));
}
