//! Tasks that nobody can run, and that have waited for it in vain.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, TaskType};
use jobbers_core::store::{AgainOutcome, CancelOutcome, DropWaiting, Moved, Resubmit, SharedStore};

use super::{get, listed_with, status, submit, submit_all};
use crate::Environment;
use crate::sample::{
    alpha, beta, failed, failed_expectedly, handed_back, id, task, task_after, task_in, task_of, tasks,
};
use crate::scheduler;
use crate::worker::Worker;

const MINUTE: Duration = Duration::from_secs(60);

fn alphas(waited: Duration, limit: usize) -> DropWaiting {
    DropWaiting { queue: "default".into(), task_type: alpha(), waited, limit }
}

/// Drops alphas that have waited for a minute; answers how many.
async fn drop_alphas(store: &SharedStore) -> usize {
    store.drop_waiting(&alphas(MINUTE, 500)).await.expect("drop_waiting").tasks
}

pub async fn only_tasks_that_have_waited_for_so_long_are_dropped(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.advance(Duration::from_millis(1)).await;
    submit(env.store(), task(2)).await;
    env.advance(MINUTE - Duration::from_millis(2)).await;
    assert_eq!(drop_alphas(env.store()).await, 0);
    env.advance(Duration::from_millis(1)).await;
    let swept = env.store().drop_waiting(&alphas(MINUTE, 500)).await.expect("drop_waiting");
    assert_eq!((swept.now, swept.tasks), (env.now(), 1));
    assert_eq!(
        (status(env.store(), id(1)).await, status(env.store(), id(2)).await),
        (Status::Dropped, Status::Submitted)
    );
    env.advance(Duration::from_millis(1)).await;
    assert_eq!(drop_alphas(&env.other().await).await, 1);
    assert_eq!(drop_alphas(env.store()).await, 0, "nor twice");
}

pub async fn other_types_and_queues_stay(env: &Environment) {
    let other_version = TaskType { version: 2, ..alpha() };
    let urgent = NewTask { priority: 0, ..task(5) };
    submit_all(env.store(), &[task(1), task_of(beta(), 2), task_in("elsewhere", 3), task_of(other_version, 4), urgent])
        .await;
    env.advance(MINUTE).await;
    assert_eq!(drop_alphas(env.store()).await, 2, "of each priority");
    assert_eq!(listed_with(env.store(), Status::Dropped).await, [id(1), id(5)]);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(2), id(3), id(4)]);
    let elsewhere = DropWaiting { queue: "elsewhere".into(), ..alphas(MINUTE, 500) };
    assert_eq!(env.store().drop_waiting(&elsewhere).await.expect("drop_waiting").tasks, 1);
    let nowhere = DropWaiting { queue: "nowhere".into(), ..alphas(MINUTE, 500) };
    assert_eq!(env.store().drop_waiting(&nowhere).await.expect("drop_waiting").tasks, 0);
}

pub async fn what_does_not_wait_is_not_dropped(env: &Environment) {
    submit_all(env.store(), &[task(1), task_after(3_600, 2), task(3)]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    assert_eq!(env.store().cancel(id(3)).await.expect("cancel"), CancelOutcome::Cancelled);
    env.advance(MINUTE).await;
    assert_eq!(drop_alphas(env.store()).await, 0);
    assert_eq!(status(env.store(), id(2)).await, Status::Scheduled);
}

pub async fn a_dropped_task_is_shown_listed_counted_and_told(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    env.advance(MINUTE).await;
    submit(env.store(), task(3)).await;
    let mut moves = env.store().moves().await.expect("moves");
    let before = get(env.store(), id(1)).await;
    assert_eq!(drop_alphas(env.store()).await, 2);
    let expected =
        jobbers_core::model::Task { status: Status::Dropped, ended_at: Some(env.now()), waiting_since: None, ..before };
    assert_eq!(get(env.store(), id(1)).await, expected);
    assert_eq!(listed_with(env.store(), Status::Dropped).await, [id(1), id(2)]);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(3)]);
    let counts = env.store().counts().await.expect("counts").remove(0);
    assert_eq!((counts.waiting, counts.oldest_waiting), (1, Some(env.now())));
    let waiting = env.store().waiting().await.expect("waiting");
    assert_eq!(waiting.iter().map(|waiting| waiting.tasks).collect::<Vec<_>>(), [1]);
    let minute = env.now().as_millis() / 60_000;
    let tally = env.store().tallies(minute..=minute).await.expect("tallies").remove(0).tally;
    assert_eq!((tally.dropped, tally.cancelled, tally.submitted), (2, 0, 1));
    let told = async { while moves.recv().await != Some(Moved::Task(id(2), Status::Dropped)) {} };
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("whoever watches is told");
}

pub async fn a_dropped_task_is_claimed_only_once_it_was_resubmitted(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    env.advance(MINUTE).await;
    assert_eq!(drop_alphas(env.store()).await, 2);
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
    assert_eq!(env.store().cancel(id(1)).await.expect("cancel"), CancelOutcome::Ended { status: Status::Dropped });
    let resubmit = Resubmit { ids: vec![id(2)], reset_failures: true, only_dead: false, request: [1; 8] };
    assert_eq!(env.store().resubmit(&resubmit).await.expect("resubmit"), [AgainOutcome::Applied]);
    assert_eq!(drop_alphas(env.store()).await, 0, "it waits from now on");
    assert_eq!(get(env.store(), id(2)).await.waiting_since, Some(env.now()));
    env.advance(MINUTE).await;
    assert_eq!(drop_alphas(env.store()).await, 1);
    let resubmit = Resubmit { request: [2; 8], ..resubmit };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| (task.id, task.attempt)).collect();
    assert_eq!(claimed, [(id(2), 1)]);
}

pub async fn a_task_waits_since_it_came_into_its_lane(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    // Scheduled for later; hastened; tried again at once; handed back; taken from a dead worker.
    submit_all(env.store(), &[task_after(50, 1), task_after(3_600, 2), task(3), task(4), task(5)]).await;
    assert_eq!(get(env.store(), id(1)).await.waiting_since, None);
    let attempts = worker.claim_all().await;
    assert_eq!(get(env.store(), id(3)).await.waiting_since, None);
    env.advance(Duration::from_secs(50)).await;
    scheduler::promote(env.store()).await;
    env.store().hasten(&[id(2)]).await.expect("hasten");
    worker.finish(&attempts[0], failed_expectedly("busy")).await;
    worker.finish(&attempts[1], handed_back()).await;
    scheduler::reap(env.store()).await;
    for n in 1..6 {
        let shown = get(env.store(), id(n)).await;
        assert_eq!((shown.status, shown.waiting_since), (Status::Submitted, Some(env.now())), "{n}");
    }
    env.advance(MINUTE - Duration::from_millis(1)).await;
    assert_eq!(drop_alphas(env.store()).await, 0);
    env.advance(Duration::from_millis(1)).await;
    assert_eq!(drop_alphas(env.store()).await, 5);
}

pub async fn those_that_came_back_to_the_head_hide_none_behind_them(env: &Environment) {
    submit_all(env.store(), &tasks(1..7)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(3).await;
    env.advance(MINUTE).await;
    for attempt in &attempts {
        worker.finish(attempt, handed_back()).await;
    }
    assert_eq!(drop_alphas(env.store()).await, 3);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(1), id(2), id(3)]);
    assert_eq!(worker.claim_all().await.len(), 3);
}

pub async fn no_more_are_dropped_at_once_than_wanted_and_at_last_all(env: &Environment) {
    submit_all(env.store(), &tasks(0..1_200)).await;
    env.advance(MINUTE).await;
    submit(env.store(), task(1_200)).await;
    let mut dropped = 0;
    for _ in 0..100 {
        let tasks = env.store().drop_waiting(&alphas(MINUTE, 100)).await.expect("drop_waiting").tasks;
        assert!(tasks <= 100, "{tasks}");
        if tasks == 0 {
            break;
        }
        dropped += tasks;
    }
    assert_eq!(dropped, 1_200);
    assert_eq!(listed_with(env.store(), Status::Submitted).await, [id(1_200)]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1);
}

pub async fn a_drop_and_a_claim_at_once_have_one_winner_each(env: &Environment) {
    let other = env.other().await;
    let mut worker = Worker::start(&other, 1).await;
    submit_all(env.store(), &tasks(0..200)).await;
    env.advance(MINUTE).await;
    let claiming = async {
        let mut claimed = Vec::new();
        for _ in 0..10 {
            claimed.extend(worker.claim(10).await.into_iter().map(|task| task.id));
        }
        claimed
    };
    let dropping = async {
        let mut dropped = 0;
        for _ in 0..20 {
            dropped += env.store().drop_waiting(&alphas(MINUTE, 10)).await.expect("drop_waiting").tasks;
        }
        dropped
    };
    let (claimed, dropped) = tokio::join!(claiming, dropping);
    assert_eq!(listed_with(env.store(), Status::Dropped).await.len(), dropped);
    let mut started = claimed;
    started.sort();
    assert_eq!(listed_with(env.store(), Status::Started).await, started);
    let waiting = listed_with(env.store(), Status::Submitted).await.len();
    assert_eq!(waiting + dropped + started.len(), 200);
}

pub async fn a_task_that_failed_before_it_was_dropped_keeps_its_history(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed_expectedly("busy")).await;
    env.advance(MINUTE).await;
    assert_eq!(drop_alphas(env.store()).await, 1);
    let shown = get(env.store(), id(1)).await;
    assert_eq!((shown.status, shown.attempts.len(), shown.failures), (Status::Dropped, 1, 1));
    let late = worker.finish(&attempt, failed("broken")).await;
    assert_ne!(late, super::applied(Status::Failed), "what ended before does not end again");
    assert_eq!(get(env.store(), id(1)).await, shown);
}
