//! Ended tasks that run again.

use std::time::Duration;

use jobbers_core::model::{DeadLetter, Policy, Status, TaskId};
use jobbers_core::store::{AgainOutcome, MoveOutcome, Renewed, Resubmit, SharedStore};

use super::{applied, get, status, submit, submit_all};
use crate::Environment;
use crate::life::{Guide, Stage, snapshot};
use crate::sample::{
    alpha, completed, confirmed_cancelled, failed, failed_expectedly, id, task, task_of, tasks, worker_id,
};
use crate::scheduler;
use crate::worker::Worker;

/// A request unlike any other.
fn request(n: u8, ids: &[TaskId]) -> Resubmit {
    Resubmit { ids: ids.to_vec(), reset_failures: true, only_dead: false, request: [n, 1, 2, 3, 4, 5, 6, 7] }
}

async fn resubmit(store: &SharedStore, n: u8, ids: &[TaskId]) -> Vec<AgainOutcome> {
    store.resubmit(&request(n, ids)).await.expect("resubmit")
}

pub async fn every_ended_task_but_a_completed_one_runs_again(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    env.advance(Duration::from_secs(1)).await;
    let before = snapshot(env.store(), 1..=9).await;
    let ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    let outcomes = resubmit(env.store(), 1, &ids).await;
    for (((id, stage), outcome), before) in all.into_iter().zip(outcomes).zip(before) {
        let now = stage.status();
        match stage {
            Stage::Completed | Stage::Started | Stage::Scheduled | Stage::Waiting => {
                assert_eq!(outcome, AgainOutcome::Conflict { now }, "{stage:?}");
                assert_eq!(env.store().get(id).await.expect("get"), before, "{stage:?} stays as it is");
            }
            Stage::Failed | Stage::DeadLetter | Stage::Cancelled | Stage::Stopped | Stage::Stalled => {
                assert_eq!(outcome, AgainOutcome::Applied, "{stage:?}");
                assert_eq!(status(env.store(), id).await, Status::Submitted, "{stage:?}");
            }
        }
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 6, "five, and the one that waits");
}

pub async fn an_unknown_task_is_not_resubmitted(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    let outcomes = resubmit(env.store(), 1, &[id(7), id(1), id(8)]).await;
    assert_eq!(outcomes, [AgainOutcome::NotFound, AgainOutcome::Applied, AgainOutcome::NotFound]);
}

pub async fn a_resubmission_of_nothing_is_no_error(env: &Environment) {
    assert!(resubmit(env.store(), 1, &[]).await.is_empty());
}

pub async fn a_full_batch_is_resubmitted_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..500)).await;
    let ids: Vec<_> = (0..500).map(id).collect();
    env.store().cancel_all(&ids).await.expect("cancel_all");
    let outcomes = resubmit(env.store(), 1, &ids).await;
    assert_eq!(outcomes, [AgainOutcome::Applied; 500]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 500, "each once");
}

pub async fn a_resubmitted_task_is_shown_whole(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for _ in 0..2 {
        let attempt = worker.claim_one().await;
        env.advance(Duration::from_secs(1)).await;
        worker.finish(&attempt, failed_expectedly("busy")).await;
    }
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("broken")).await;
    let before = get(env.store(), id(1)).await;
    assert_eq!((before.failures, before.lost, before.attempts.len()), (3, 1, 4));
    env.advance(Duration::from_secs(5)).await;

    assert_eq!(resubmit(env.store(), 1, &[id(1)]).await, [AgainOutcome::Applied]);
    let after = get(env.store(), id(1)).await;
    let expected = jobbers_core::model::Task {
        status: Status::Submitted,
        failures: 0,
        lost: 0,
        ended_at: None,
        waiting_since: Some(env.now()),
        // What an earlier attempt said may be shown or not.
        progress: after.progress.clone(),
        heartbeat_at: after.heartbeat_at,
        ..before
    };
    assert_eq!(after, expected, "the history stays, and the policy and the worker of the last start");

    let attempt = worker.claim_one().await;
    assert_eq!((attempt.id, attempt.attempt, attempt.failures, attempt.lost), (id(1), 5, 0, 0));
    worker.finish(&attempt, failed_expectedly("again")).await;
    let history = get(env.store(), id(1)).await.attempts;
    let numbers: Vec<_> = history.iter().map(|end| (end.attempt, end.retry_attempt)).collect();
    assert_eq!(numbers, [(1, 0), (2, 1), (3, 2), (4, 2), (5, 0)]);
}

pub async fn all_retries_are_there_again(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for round in 0..2u8 {
        for expected in [Status::Submitted, Status::Submitted, Status::Submitted, Status::Failed] {
            let attempt = worker.claim_one().await;
            assert_eq!(worker.finish(&attempt, failed_expectedly("busy")).await, applied(expected));
        }
        assert_eq!(resubmit(env.store(), round, &[id(1)]).await, [AgainOutcome::Applied]);
    }
    assert_eq!(worker.claim_one().await.attempt, 9);
}

pub async fn failures_go_on_counting_if_that_is_asked_for(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for _ in 0..4 {
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, failed_expectedly("busy")).await;
    }
    let keeping = Resubmit { reset_failures: false, ..request(1, &[id(1)]) };
    assert_eq!(env.store().resubmit(&keeping).await.expect("resubmit"), [AgainOutcome::Applied]);
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.failures), (Status::Submitted, 4));
    let attempt = worker.claim_one().await;
    assert_eq!(attempt.failures, 4);
    let outcome = worker.finish(&attempt, failed_expectedly("busy")).await;
    assert_eq!(outcome, applied(Status::Failed), "its retries are spent");
}

pub async fn lost_workers_are_counted_anew(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for round in 0..2u8 {
        for expected in [Status::Submitted, Status::Submitted, Status::Failed] {
            worker.claim_one().await;
            env.advance(Duration::from_secs(11)).await;
            assert_eq!(scheduler::reap(env.store()).await, [applied(expected)]);
        }
        assert_eq!(get(env.store(), id(1)).await.lost, 3);
        // Poison is a dead letter whatever its policy, and comes back from there.
        assert_eq!(resubmit(env.store(), round, &[id(1)]).await, [AgainOutcome::Applied]);
        assert_eq!(get(env.store(), id(1)).await.lost, 0);
    }
}

pub async fn a_settled_wish_does_not_stop_the_next_attempt(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.store().cancel(id(1)).await.expect("cancel");
    worker.finish(&attempt, confirmed_cancelled()).await;
    resubmit(env.store(), 1, &[id(1)]).await;
    assert_eq!(get(env.store(), id(1)).await.cancel_requested_at, None);
    let attempt = worker.claim_one().await;
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    assert_eq!(get(env.store(), id(1)).await.cancel_requested_at, None);
    assert_eq!(worker.finish(&attempt, failed_expectedly("busy")).await, applied(Status::Submitted));
}

pub async fn a_repeated_resubmission_changes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("broken")).await;
    let other = env.other().await;
    assert_eq!(resubmit(env.store(), 1, &[id(1)]).await, [AgainOutcome::Applied]);
    let waiting = get(env.store(), id(1)).await;
    assert_eq!(resubmit(&other, 1, &[id(1)]).await, [AgainOutcome::Applied]);
    assert_eq!(get(env.store(), id(1)).await, waiting);

    let attempt = worker.claim_one().await;
    assert!(worker.claim_all().await.is_empty(), "it waited once");
    let started = get(env.store(), id(1)).await;
    assert_eq!(resubmit(&other, 1, &[id(1)]).await, [AgainOutcome::Applied]);
    assert_eq!(get(env.store(), id(1)).await, started);

    worker.finish(&attempt, failed("broken again")).await;
    let ended = get(env.store(), id(1)).await;
    assert_eq!(resubmit(&other, 1, &[id(1)]).await, [AgainOutcome::Applied], "a copy that was long under way");
    assert_eq!(get(env.store(), id(1)).await, ended);
    assert_eq!(resubmit(&other, 2, &[id(1)]).await, [AgainOutcome::Applied], "another request");
    assert_eq!(status(env.store(), id(1)).await, Status::Submitted);
}

pub async fn a_resubmission_of_a_task_that_waits_again_is_a_conflict(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    resubmit(env.store(), 1, &[id(1)]).await;
    let conflict = AgainOutcome::Conflict { now: Status::Submitted };
    assert_eq!(resubmit(env.store(), 2, &[id(1)]).await, [conflict]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1);
}

pub async fn an_id_that_is_resubmitted_twice_at_once_waits_once(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    env.store().cancel_all(&[id(1), id(2)]).await.expect("cancel_all");
    let outcomes = resubmit(env.store(), 1, &[id(1), id(2), id(1)]).await;
    assert_eq!(outcomes, [AgainOutcome::Applied; 3]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 2);
}

pub async fn a_task_that_was_cancelled_and_resubmitted_is_claimed_once(env: &Environment) {
    // It never left its line while it was cancelled, in a store that passes over what does not wait.
    submit_all(env.store(), &tasks(0..20)).await;
    for round in 0..5u8 {
        for n in 5..10 {
            env.store().cancel(id(n)).await.expect("cancel");
            assert_eq!(resubmit(env.store(), round, &[id(n)]).await, [AgainOutcome::Applied]);
        }
    }
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_all().await;
    let mut ids: Vec<_> = claimed.iter().map(|task| task.id).collect();
    ids.sort();
    assert_eq!(ids, (0..20).map(id).collect::<Vec<_>>(), "each once");
    // Whatever is left of their former waiting gives none of them again, nor hides what comes after.
    submit(env.store(), task(50)).await;
    let later: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(later, [id(50)]);
    for attempt in &claimed {
        assert_eq!(worker.finish(attempt, completed("1")).await, applied(Status::Completed));
    }
    assert!(worker.claim_all().await.is_empty());
}

pub async fn a_retry_of_a_task_that_left_an_entry_behind_is_claimed_once(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    resubmit(env.store(), 1, &[id(1)]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for _ in 0..3 {
        let claimed = worker.claim_all().await;
        assert_eq!(claimed.len(), 2, "both, once");
        for attempt in &claimed {
            assert_eq!(worker.finish(attempt, failed_expectedly("busy")).await, applied(Status::Submitted));
        }
    }
}

pub async fn a_resubmitted_task_goes_to_the_tail(env: &Environment) {
    submit_all(env.store(), &tasks(1..3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for _ in 0..2 {
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, failed("broken")).await;
    }
    submit_all(env.store(), &tasks(3..5)).await;
    resubmit(env.store(), 1, &[id(2), id(1)]).await;
    submit(env.store(), task(5)).await;
    let order: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(order, [id(3), id(4), id(2), id(1), id(5)]);
}

pub async fn a_worker_of_before_cannot_end_a_resubmitted_task(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut frozen = Worker::with_policy(env.store(), 1, Policy { max_lost: 1, ..Policy::default() }).await;
    let old = frozen.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(scheduler::reap(env.store()).await, [applied(Status::Failed)]);
    resubmit(env.store(), 1, &[id(1)]).await;
    let outcome = frozen.finish(&old, completed("1")).await;
    assert_eq!(outcome, MoveOutcome::Stale { now: Some(Status::Submitted) });
    assert_eq!(frozen.renew(&old).await, Renewed::Taken);
    let mut other = Worker::start(env.store(), 2).await;
    let new = other.claim_one().await;
    assert_eq!(frozen.finish(&old, completed("1")).await, MoveOutcome::Stale { now: Some(Status::Started) });
    assert_eq!(other.finish(&new, completed("2")).await, applied(Status::Completed));
    assert_eq!(get(env.store(), id(1)).await.worker, Some(worker_id(2)));
}

pub async fn a_resubmitted_dead_letter_is_one_no_more(env: &Environment) {
    let keeps = Policy { dead_letter: DeadLetter::Save, max_retries: 0, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, keeps).await;
    submit_all(env.store(), &[task(1), task_of(alpha(), 2)]).await;
    for attempt in worker.claim_all().await {
        worker.finish(&attempt, failed("broken")).await;
    }
    assert_eq!(super::dead_letters(env.store()).await, [id(1), id(2)]);
    resubmit(env.store(), 1, &[id(1)]).await;
    assert_eq!(super::dead_letters(env.store()).await, [id(2)]);
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, completed("1")).await;
    assert_eq!(super::dead_letters(env.store()).await, [id(2)]);
    assert_eq!(super::listed_with(env.store(), Status::Failed).await, [id(2)]);

    resubmit(env.store(), 2, &[id(2)]).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed("broken")).await;
    assert_eq!(super::dead_letters(env.store()).await, [id(2)], "once, though it died twice");
}

pub async fn only_dead_letters_run_again_when_only_they_are_meant(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    let all = guide.bring_all().await;
    let before = snapshot(env.store(), 1..=9).await;
    let ids: Vec<_> = all.iter().map(|(id, _)| *id).chain([id(99)]).collect();
    let only_dead = Resubmit { only_dead: true, ..request(1, &ids) };
    let outcomes = env.store().resubmit(&only_dead).await.expect("resubmit");
    for (((id, stage), outcome), before) in all.into_iter().zip(&outcomes).zip(before) {
        if stage == Stage::DeadLetter {
            assert_eq!(*outcome, AgainOutcome::Applied);
            assert_eq!(status(env.store(), id).await, Status::Submitted);
        } else {
            assert_eq!(*outcome, AgainOutcome::Conflict { now: stage.status() }, "{stage:?}");
            assert_eq!(env.store().get(id).await.expect("get"), before, "{stage:?} stays as it is");
        }
    }
    assert_eq!(outcomes.last(), Some(&AgainOutcome::NotFound));
    assert!(super::dead_letters(env.store()).await.is_empty());
}

pub async fn a_repeated_request_for_a_dead_letter_is_applied_again(env: &Environment) {
    let mut guide = Guide::start(env.store()).await;
    guide.bring(1, Stage::DeadLetter).await;
    let only_dead = Resubmit { only_dead: true, ..request(1, &[id(1), id(1)]) };
    for store in [env.store(), &env.other().await] {
        assert_eq!(store.resubmit(&only_dead).await.expect("resubmit"), [AgainOutcome::Applied; 2]);
    }
    let another = Resubmit { only_dead: true, ..request(2, &[id(1)]) };
    let conflict = AgainOutcome::Conflict { now: Status::Submitted };
    assert_eq!(env.store().resubmit(&another).await.expect("resubmit"), [conflict]);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1);
    assert_eq!(env.store().resubmit(&only_dead).await.expect("resubmit"), [AgainOutcome::Applied; 2], "nor later");
    assert_eq!(status(env.store(), id(1)).await, Status::Started);
}
