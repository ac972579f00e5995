//! What a wish for a task's end comes to.

use std::time::Duration;

use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::Status;
use jobbers_core::store::{CancelOutcome, Renewed};

use super::{applied, get, stale, status, submit, submit_all};
use crate::Environment;
use crate::life::{Guide, Stage};
use crate::sample::{
    completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later, handed_back, id, stopped, task,
    task_after, tasks,
};
use crate::scheduler;
use crate::worker::Worker;

async fn cancel(env: &Environment, n: u64) -> CancelOutcome {
    env.store().cancel(id(n)).await.expect("cancel")
}

pub async fn a_waiting_task_is_cancelled_at_once(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(cancel(env, 1).await, CancelOutcome::Cancelled);
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.ended_at), (Status::Cancelled, Some(env.now())));
    let mut worker = Worker::start(env.store(), 1).await;
    assert!(worker.claim_all().await.is_empty());
}

pub async fn a_scheduled_task_is_cancelled_at_once(env: &Environment) {
    submit(env.store(), task_after(5, 1)).await;
    assert_eq!(cancel(env, 1).await, CancelOutcome::Cancelled);
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.ended_at, task.run_at), (Status::Cancelled, Some(env.now()), None));
    env.advance(Duration::from_secs(10)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0);
    assert_eq!(status(env.store(), id(1)).await, Status::Cancelled);
}

pub async fn a_task_between_retries_is_cancelled_at_once(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    for (n, outcome) in [(1, failed_expectedly("busy")), (2, failed_for_later("busy", 5))] {
        submit(env.store(), task(n)).await;
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, outcome).await;
        assert_eq!(cancel(env, n).await, CancelOutcome::Cancelled);
        assert_eq!(status(env.store(), id(n)).await, Status::Cancelled);
    }
    env.advance(Duration::from_secs(10)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0);
    assert!(worker.claim_all().await.is_empty());
}

pub async fn a_started_task_is_asked_to_end(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    assert_eq!(cancel(env, 1).await, CancelOutcome::Requested { since: env.now() });
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.cancel_requested_at, task.ended_at), (Status::Started, Some(env.now()), None));
    assert_eq!(worker.renew(&attempt).await, Renewed::CancelRequested);
    assert_eq!(worker.finish(&attempt, confirmed_cancelled()).await, applied(Status::Cancelled));
    assert_eq!(get(env.store(), id(1)).await.ended_at, Some(env.now()));
}

pub async fn a_wish_that_is_repeated_keeps_its_first_time(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    let since = env.now();
    assert_eq!(cancel(env, 1).await, CancelOutcome::Requested { since });
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(cancel(env, 1).await, CancelOutcome::Requested { since });
    let other = env.other().await;
    assert_eq!(other.cancel(id(1)).await.expect("cancel"), CancelOutcome::Requested { since });
    assert_eq!(get(env.store(), id(1)).await.cancel_requested_at, Some(since));
    assert_eq!(worker.renew(&attempt).await, Renewed::CancelRequested);
}

pub async fn an_ended_task_is_not_cancelled(env: &Environment) {
    let ends = [
        (completed("1"), Status::Completed),
        (failed("no"), Status::Failed),
        (stopped(), Status::Stalled),
        (confirmed_cancelled(), Status::Cancelled),
    ];
    let mut worker = Worker::start(env.store(), 1).await;
    for (n, (outcome, expected)) in (1..).zip(ends) {
        submit(env.store(), task(n)).await;
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, outcome).await;
        let before = get(env.store(), id(n)).await;
        env.advance(Duration::from_secs(1)).await;
        assert_eq!(cancel(env, n).await, CancelOutcome::Ended { status: expected });
        assert_eq!(get(env.store(), id(n)).await, before);
    }
}

pub async fn a_repeated_cancellation_changes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    cancel(env, 1).await;
    let before = get(env.store(), id(1)).await;
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(cancel(env, 1).await, CancelOutcome::Ended { status: Status::Cancelled });
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn an_unknown_task_is_not_found(env: &Environment) {
    assert_eq!(cancel(env, 1).await, CancelOutcome::NotFound);
}

/// Starts a task, asks for its end, and lets its attempt come to something.
async fn race(env: &Environment, n: u64, outcome: Outcome) -> Status {
    submit(env.store(), task(n)).await;
    let mut worker = Worker::start(env.store(), u8::try_from(n).unwrap_or_default()).await;
    let attempt = worker.claim_one().await;
    cancel(env, n).await;
    worker.finish(&attempt, outcome).await;
    assert!(worker.claim_all().await.is_empty(), "it does not run again");
    let task = get(env.store(), id(n)).await;
    assert_eq!(task.ended_at, Some(env.now()));
    task.status
}

pub async fn a_task_that_completed_all_the_same_is_completed(env: &Environment) {
    assert_eq!(race(env, 1, completed("1")).await, Status::Completed);
    assert_eq!(get(env.store(), id(1)).await.result.as_deref(), Some(b"1".as_slice()));
}

pub async fn every_other_end_yields_to_the_wish(env: &Environment) {
    let ends = [failed("no"), failed_expectedly("busy"), failed_for_later("busy", 5), handed_back(), stopped()];
    for (n, outcome) in (1..).zip(ends) {
        assert_eq!(race(env, n, outcome.clone()).await, Status::Cancelled, "{outcome:?}");
    }
    env.advance(Duration::from_secs(60)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0);
}

pub async fn an_end_that_yielded_is_answered_so_again(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    cancel(env, 1).await;
    for _ in 0..2 {
        assert_eq!(worker.finish(&attempt, failed_expectedly("busy")).await, applied(Status::Cancelled));
    }
    assert_eq!(get(env.store(), id(1)).await.attempts.len(), 1);
}

pub async fn a_cancelled_task_of_a_dead_worker_is_cancelled(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    cancel(env, 1).await;
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(scheduler::reap(env.store()).await, [applied(Status::Cancelled)]);
    assert_eq!(get(env.store(), id(1)).await.ended_at, Some(env.now()));
    assert_eq!(worker.finish(&attempt, completed("1")).await, stale(Status::Cancelled));
}

pub async fn a_wish_after_the_lease_is_over_is_kept(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let verdicts: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    // The wish comes between the decision and its application.
    assert_eq!(cancel(env, 1).await, CancelOutcome::Requested { since: env.now() });
    let outcomes = env.store().reap(&verdicts).await.expect("reap");
    assert_eq!(outcomes, [applied(Status::Cancelled)]);
}

pub async fn a_wish_is_told_over_a_changed_connection(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.other().await.cancel(id(1)).await.expect("cancel");
    assert_eq!(worker.renew(&attempt).await, Renewed::CancelRequested);
    assert_eq!(worker.renew(&attempt).await, Renewed::CancelRequested, "each time until it has ended");
}

pub async fn many_are_cancelled_in_one_step(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    let mut ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    ids.insert(0, id(99));
    let outcomes = env.store().cancel_all(&ids).await.expect("cancel_all");
    assert_eq!(outcomes[0], CancelOutcome::NotFound);
    for ((_, stage), outcome) in all.iter().zip(&outcomes[1..]) {
        let expected = match stage {
            Stage::Waiting | Stage::Scheduled => CancelOutcome::Cancelled,
            Stage::Started => CancelOutcome::Requested { since: env.now() },
            ended => CancelOutcome::Ended { status: ended.status() },
        };
        assert_eq!(*outcome, expected, "{stage:?}");
    }
    assert!(env.store().cancel_all(&[]).await.expect("cancel_all").is_empty());
}

pub async fn an_id_that_is_cancelled_twice_at_once_is_answered_as_if_one_after_the_other(env: &Environment) {
    submit_all(env.store(), &[task(1), task_after(60, 2)]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    submit(env.store(), task(3)).await;
    let outcomes = env.store().cancel_all(&[id(1), id(2), id(3), id(1), id(2), id(3)]).await.expect("cancel_all");
    let requested = CancelOutcome::Requested { since: env.now() };
    let ended = CancelOutcome::Ended { status: Status::Cancelled };
    let cancelled = CancelOutcome::Cancelled;
    assert_eq!(outcomes, [requested, cancelled, cancelled, requested, ended, ended]);
    assert_eq!(worker.renew(&attempt).await, Renewed::CancelRequested);
}

pub async fn a_full_batch_is_cancelled_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..501)).await;
    let ids: Vec<_> = (0..500).map(id).collect();
    assert_eq!(env.store().cancel_all(&ids).await.expect("cancel_all"), [CancelOutcome::Cancelled; 500]);
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(500)]);
}
