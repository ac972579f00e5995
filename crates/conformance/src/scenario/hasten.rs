//! Scheduled tasks that run at once after all.

use std::time::Duration;

use jobbers_core::model::Status;
use jobbers_core::store::AgainOutcome;

use super::{applied, get, submit, submit_all};
use crate::Environment;
use crate::life::{Guide, Stage, snapshot};
use crate::sample::{failed_for_later, id, task, task_after, tasks};
use crate::scheduler;
use crate::worker::Worker;

pub async fn only_scheduled_tasks_are_hastened(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    env.advance(Duration::from_secs(1)).await;
    let before = snapshot(env.store(), 1..=9).await;
    let mut ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    ids.push(id(99));
    let outcomes = env.store().hasten(&ids).await.expect("hasten");
    for (((id, stage), outcome), before) in all.into_iter().zip(&outcomes).zip(before) {
        if stage == Stage::Scheduled {
            assert_eq!(*outcome, AgainOutcome::Applied);
            let before = before.expect("it is there");
            let waiting_since = Some(env.now());
            let expected =
                jobbers_core::model::Task { status: Status::Submitted, run_at: None, waiting_since, ..before };
            assert_eq!(get(env.store(), id).await, expected);
        } else {
            assert_eq!(*outcome, AgainOutcome::Conflict { now: stage.status() }, "{stage:?}");
            assert_eq!(env.store().get(id).await.expect("get"), before, "{stage:?} stays as it is");
        }
    }
    assert_eq!(outcomes.last(), Some(&AgainOutcome::NotFound));
}

pub async fn a_hastened_task_starts_now_and_only_once(env: &Environment) {
    submit(env.store(), task_after(10, 1)).await;
    assert_eq!(env.store().hasten(&[id(1)]).await.expect("hasten"), [AgainOutcome::Applied]);
    let again = env.other().await.hasten(&[id(1)]).await.expect("hasten");
    assert_eq!(again, [AgainOutcome::Conflict { now: Status::Submitted }], "it waits already");
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1);
    env.advance(Duration::from_secs(20)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0, "its old time means nothing any more");
    assert!(worker.claim_all().await.is_empty());
}

pub async fn an_id_that_is_hastened_twice_at_once_waits_once(env: &Environment) {
    submit_all(env.store(), &[task_after(10, 1), task_after(10, 2)]).await;
    let outcomes = env.store().hasten(&[id(1), id(2), id(1)]).await.expect("hasten");
    let conflict = AgainOutcome::Conflict { now: Status::Submitted };
    assert_eq!(outcomes, [AgainOutcome::Applied, AgainOutcome::Applied, conflict]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 2);
}

pub async fn hastened_tasks_go_to_the_tail_in_the_order_of_the_wish(env: &Environment) {
    submit_all(env.store(), &[task_after(10, 1), task_after(20, 2), task_after(30, 3)]).await;
    submit(env.store(), task(4)).await;
    env.store().hasten(&[id(3), id(1)]).await.expect("hasten");
    submit(env.store(), task(5)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let order: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(order, [id(4), id(3), id(1), id(5)]);
    env.advance(Duration::from_secs(20)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 1, "the other one keeps its time");
    assert_eq!(worker.claim_one().await.id, id(2));
}

pub async fn a_hastened_retry_has_still_failed(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed_for_later("busy", 60)).await;
    assert_eq!(env.store().hasten(&[id(1)]).await.expect("hasten"), [AgainOutcome::Applied]);
    let attempt = worker.claim_one().await;
    assert_eq!((attempt.attempt, attempt.failures), (2, 1));
    assert_eq!(worker.finish(&attempt, failed_for_later("busy", 60)).await, applied(Status::Scheduled));
    // It is due by the new delay, not by the one that was cut short.
    env.advance(Duration::from_secs(59)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0);
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
}

pub async fn a_full_batch_is_hastened_at_once(env: &Environment) {
    let all: Vec<_> = (0..500).map(|n| task_after(60 + n, n)).collect();
    submit_all(env.store(), &all).await;
    let ids: Vec<_> = (0..500).map(id).collect();
    assert_eq!(env.store().hasten(&ids).await.expect("hasten"), [AgainOutcome::Applied; 500]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 500);
    env.advance(Duration::from_secs(3600)).await;
    let promoted = scheduler::promote(env.store()).await;
    assert_eq!((promoted.moved, promoted.next_due), (0, None), "nothing has a time any more");
    assert!(env.store().hasten(&[]).await.expect("hasten").is_empty());
}

pub async fn a_hastened_task_waits_with_its_own_priority(env: &Environment) {
    let urgent = jobbers_core::model::NewTask { priority: 0, ..task_after(60, 9) };
    submit(env.store(), urgent).await;
    submit_all(env.store(), &tasks(1..3)).await;
    env.store().hasten(&[id(9)]).await.expect("hasten");
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_one().await.id, id(9));
}
