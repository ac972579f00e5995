//! Ended tasks that are removed, with all that is known of them.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status};
use jobbers_core::store::{AgainOutcome, CancelOutcome, Filter, ForgetOutcome, MoveOutcome, Renewed, Resubmit};

use super::{applied, get, list_all, submit, submit_all};
use crate::Environment;
use crate::life::{Guide, snapshot};
use crate::sample::{beta, completed, failed, failed_expectedly, id, task, task_in, tasks};
use crate::worker::Worker;

pub async fn only_ended_tasks_are_forgotten(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    let before = snapshot(env.store(), 1..=9).await;
    let mut ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    ids.push(id(99));
    let outcomes = env.store().forget(&ids).await.expect("forget");
    for (((id, stage), outcome), before) in all.iter().zip(&outcomes).zip(before) {
        let found = env.store().get(*id).await.expect("get");
        if stage.status().is_ended() {
            assert_eq!((*outcome, found), (ForgetOutcome::Forgotten, None), "{stage:?}");
        } else {
            assert_eq!((*outcome, found), (ForgetOutcome::Live { now: stage.status() }, before), "{stage:?}");
        }
    }
    assert_eq!(outcomes.last(), Some(&ForgetOutcome::NotFound));
    let left = list_all(env.store(), &Filter::default(), 100).await;
    assert_eq!(left, [id(9), id(8), id(7)], "only what has not ended is listed");
    assert!(super::dead_letters(env.store()).await.is_empty());
}

pub async fn a_forgotten_task_is_unknown_to_every_step(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claim = worker.claim_of(1);
    let turn = worker.next_turn(Vec::new(), Some(claim));
    let attempt = worker.send(&turn).await.claimed.remove(0);
    // Another process ends it, so that the turn stays this worker's last.
    let finish = worker.decide(&attempt, failed("broken"));
    let mut deputy = Worker::start(env.store(), 2).await;
    assert_eq!(deputy.finish_with(finish.clone()).await, applied(Status::Failed));
    assert_eq!(env.store().forget(&[id(1)]).await.expect("forget"), [ForgetOutcome::Forgotten]);

    assert!(worker.send(&turn).await.claimed.is_empty(), "a repeated turn leaves it out");
    assert_eq!(deputy.finish_with(finish).await, MoveOutcome::Stale { now: None });
    assert_eq!(worker.renew(&attempt).await, Renewed::Taken);
    assert_eq!(env.store().cancel(id(1)).await.expect("cancel"), CancelOutcome::NotFound);
    assert_eq!(env.store().hasten(&[id(1)]).await.expect("hasten"), [AgainOutcome::NotFound]);
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    assert_eq!(env.store().resubmit(&resubmit).await.expect("resubmit"), [AgainOutcome::NotFound]);
    assert_eq!(env.store().forget(&[id(1)]).await.expect("forget"), [ForgetOutcome::NotFound], "nor twice");
    assert_eq!(env.store().tasks(&[id(1)], 1000).await.expect("tasks"), [None]);
}

pub async fn an_id_that_is_forgotten_twice_at_once_is_gone_the_second_time(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    let outcomes = env.store().forget(&[id(1), id(1)]).await.expect("forget");
    assert_eq!(outcomes, [ForgetOutcome::Forgotten, ForgetOutcome::NotFound]);
}

pub async fn a_forgotten_id_may_be_submitted_anew(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let old = worker.claim_one().await;
    worker.beat(&old, None).await;
    worker.finish(&old, failed_expectedly("busy")).await;
    let old = worker.claim_one().await;
    worker.finish(&old, failed("broken")).await;
    env.store().forget(&[id(1)]).await.expect("forget");
    env.advance(Duration::from_secs(1)).await;

    let new = NewTask { fingerprint: [9; 8], task_type: beta(), ..task(1) };
    submit(env.store(), new).await;
    let shown = get(env.store(), id(1)).await;
    assert_eq!((shown.attempt, shown.failures, shown.attempts.len()), (0, 0, 0), "nothing is known of the former");
    assert_eq!((shown.worker, shown.heartbeat_at, shown.ended_at), (None, None, None));
    assert_eq!(shown.submitted_at, env.now());
    let late = worker.finish_with(jobbers_core::store::Finish {
        id: id(1),
        token: old.token,
        transition: worker.decide(&old, completed("1")).transition,
    });
    assert_eq!(late.await, MoveOutcome::Stale { now: Some(Status::Submitted) });
    let attempt = worker.claim_one().await;
    assert_eq!((attempt.attempt, attempt.task_type.clone()), (1, beta()));
    assert!(worker.claim_all().await.is_empty());
    assert_eq!(worker.finish(&attempt, completed("2")).await, applied(Status::Completed));
}

pub async fn an_old_place_in_a_line_gives_no_right_to_a_new_task(env: &Environment) {
    // Cancelled while they waited, forgotten, and submitted anew elsewhere: a worker of the old queue must not meet them.
    submit_all(env.store(), &tasks(1..4)).await;
    env.store().cancel_all(&[id(1), id(2), id(3)]).await.expect("cancel_all");
    env.store().forget(&[id(1), id(2), id(3)]).await.expect("forget");
    submit(env.store(), task_in("elsewhere", 1)).await;
    submit(env.store(), NewTask { task_type: beta(), ..task(2) }).await;
    submit(env.store(), NewTask { priority: 9, ..task(3) }).await;
    submit(env.store(), task(4)).await;
    let mut alphas = Worker::consuming(env.store(), 1, &["default"], &[crate::sample::alpha()]).await;
    let claimed: Vec<_> = alphas.claim_all().await.iter().map(|task| (task.id, task.priority)).collect();
    assert_eq!(claimed, [(id(4), 5), (id(3), 9)], "the better priority first");
    let mut betas = Worker::consuming(env.store(), 2, &["default"], &[beta()]).await;
    assert_eq!(betas.claim_all().await.len(), 1);
    let mut others = Worker::consuming(env.store(), 3, &["elsewhere"], &[crate::sample::alpha()]).await;
    assert_eq!(others.claim_all().await.len(), 1);
}

pub async fn a_task_that_was_forgotten_and_submitted_anew_is_claimed_once(env: &Environment) {
    for _ in 0..3 {
        submit_all(env.store(), &tasks(1..4)).await;
        env.store().cancel_all(&[id(1), id(2), id(3)]).await.expect("cancel_all");
        env.store().forget(&[id(1), id(2), id(3)]).await.expect("forget");
    }
    submit_all(env.store(), &tasks(1..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 3);
    submit(env.store(), task(5)).await;
    assert_eq!(worker.claim_all().await.len(), 1);
}

pub async fn a_full_batch_is_forgotten_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..501)).await;
    let ids: Vec<_> = (0..500).map(id).collect();
    env.store().cancel_all(&ids).await.expect("cancel_all");
    assert_eq!(env.store().forget(&ids).await.expect("forget"), [ForgetOutcome::Forgotten; 500]);
    assert_eq!(list_all(env.store(), &Filter::default(), 100).await, [id(500)]);
    assert!(env.store().forget(&[]).await.expect("forget").is_empty());
}
