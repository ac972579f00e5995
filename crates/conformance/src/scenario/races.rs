//! The newer steps, sent at the same time from several processes.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status};
use jobbers_core::store::{AgainOutcome, CancelOutcome, ForgetOutcome, MAX_BATCH, Resubmit, SubmitOutcome};

use super::{get, listed_with, status, submit, submit_all};
use crate::Environment;
use crate::sample::{failed, id, task, task_after, tasks};
use crate::scheduler;
use crate::worker::Worker;

const ROUNDS: u64 = 20;

fn resubmit(n: u64, request: u8) -> Resubmit {
    Resubmit { ids: vec![id(n)], reset_failures: true, only_dead: false, request: [request; 8] }
}

pub async fn two_resubmissions_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    submit_all(env.store(), &tasks(0..ROUNDS)).await;
    for n in 0..ROUNDS {
        env.store().cancel(id(n)).await.expect("cancel");
        let (mine, theirs) = (resubmit(n, 1), resubmit(n, 2));
        let (one, two) = tokio::join!(env.store().resubmit(&mine), other.resubmit(&theirs));
        let outcomes = [one.expect("resubmit")[0], two.expect("resubmit")[0]];
        let conflict = AgainOutcome::Conflict { now: Status::Submitted };
        assert!(outcomes.contains(&AgainOutcome::Applied) && outcomes.contains(&conflict), "{outcomes:?}");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len() as u64, ROUNDS);
}

pub async fn a_bulk_cancellation_and_claims_at_once_have_one_winner_each(env: &Environment) {
    let other = env.other().await;
    submit_all(env.store(), &tasks(0..200)).await;
    let mut worker = Worker::start(&other, 1).await;
    let ids: Vec<_> = (0..200).map(id).collect();
    let claiming = async {
        let mut claimed = Vec::new();
        for _ in 0..10 {
            claimed.extend(worker.claim(10).await.into_iter().map(|task| task.id));
        }
        claimed
    };
    let (outcomes, claimed) = tokio::join!(
        async {
            let mut outcomes = Vec::new();
            for batch in ids.chunks(25).rev() {
                outcomes.extend(batch.iter().copied().zip(env.store().cancel_all(batch).await.expect("cancel_all")));
            }
            outcomes
        },
        claiming
    );
    for (id, outcome) in outcomes {
        let task = get(env.store(), id).await;
        match outcome {
            CancelOutcome::Cancelled => {
                assert_eq!(task.status, Status::Cancelled);
                assert!(!claimed.contains(&id), "{id} was cancelled and is run");
            }
            CancelOutcome::Requested { since } => {
                assert_eq!((task.status, task.cancel_requested_at), (Status::Started, Some(since)));
                assert!(claimed.contains(&id));
            }
            outcome => panic!("{id}: {outcome:?}"),
        }
    }
}

pub async fn a_removal_and_a_resubmission_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut waiting = 0;
    for n in 0..ROUNDS {
        submit(env.store(), task(n)).await;
        env.store().cancel(id(n)).await.expect("cancel");
        let (resubmit, ids) = (resubmit(n, 1), [id(n)]);
        let (again, gone) = tokio::join!(other.resubmit(&resubmit), env.store().forget(&ids));
        match (again.expect("resubmit")[0], gone.expect("forget")[0]) {
            (AgainOutcome::Applied, ForgetOutcome::Live { now: Status::Submitted }) => {
                assert_eq!(status(env.store(), id(n)).await, Status::Submitted);
                waiting += 1;
            }
            (AgainOutcome::NotFound, ForgetOutcome::Forgotten) => {
                assert_eq!(env.store().get(id(n)).await.expect("get"), None);
            }
            outcome => panic!("{outcome:?}"),
        }
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), waiting);
}

pub async fn a_hastening_and_a_promotion_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut hastened = 0;
    let mut promoted = 0;
    for n in 0..ROUNDS {
        submit(env.store(), task_after(1, n)).await;
        env.advance(Duration::from_secs(2)).await;
        let ids = [id(n)];
        let (at_once, due) = tokio::join!(other.hasten(&ids), scheduler::promote(env.store()));
        match at_once.expect("hasten")[0] {
            AgainOutcome::Applied => hastened += 1,
            AgainOutcome::Conflict { now: Status::Submitted } => {}
            outcome => panic!("{outcome:?}"),
        }
        promoted += due.moved as u64;
    }
    assert_eq!(hastened + promoted, ROUNDS);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len() as u64, ROUNDS, "each once");
}

pub async fn an_expiry_and_a_claim_at_once_have_one_winner(env: &Environment) {
    let other = env.other().await;
    let mut worker = Worker::start(&other, 1).await;
    for n in 0..ROUNDS {
        let expires_at = Some(env.now().after(Duration::from_secs(1)));
        submit(env.store(), NewTask { expires_at, ..task(n) }).await;
        // The claim and the sweep race over the moment itself.
        let (claimed, expired) = tokio::join!(worker.claim(1), async {
            env.advance(Duration::from_secs(1)).await;
            env.store().expire(MAX_BATCH).await.expect("expire").moved
        });
        let task = get(env.store(), id(n)).await;
        match claimed.as_slice() {
            [attempt] => {
                assert_eq!((attempt.id, task.status, expired), (id(n), Status::Started, 0));
                assert!(Some(attempt.started_at) < task.expires_at, "it started in time");
            }
            _ => assert_eq!((task.status, task.attempt), (Status::Cancelled, 0)),
        }
    }
}

pub async fn a_resubmission_and_a_late_end_at_once_have_one_winner(env: &Environment) {
    // The end is a copy of what was applied before: it must not end the next attempt, however it arrives.
    let other = env.other().await;
    let mut worker = Worker::start(&other, 1).await;
    for n in 0..ROUNDS {
        submit(env.store(), task(n)).await;
        let attempt = worker.claim_one().await;
        worker.finish(&attempt, failed("no")).await;
        let again = resubmit(n, 1);
        let (_, outcome) = tokio::join!(worker.finish(&attempt, failed("no")), env.store().resubmit(&again));
        assert_eq!(outcome.expect("resubmit"), [AgainOutcome::Applied]);
        let shown = get(env.store(), id(n)).await;
        assert_eq!((shown.status, shown.attempts.len(), shown.failures), (Status::Submitted, 1, 0));
        let attempt = worker.claim_one().await;
        assert_eq!((attempt.id, attempt.attempt), (id(n), 2));
    }
}

pub async fn a_key_that_comes_twice_at_once_is_one_task(env: &Environment) {
    let other = env.other().await;
    for n in 0..ROUNDS {
        let key = Some([u8::try_from(n).unwrap_or_default(); 16]);
        let one = [NewTask { idempotency_key: key, fingerprint: [1; 8], ..task(2 * n) }];
        let two = [NewTask { idempotency_key: key, fingerprint: [1; 8], ..task(2 * n + 1) }];
        let (one, two) = tokio::join!(env.store().submit(&one), other.submit(&two));
        let known = |n, outcomes: &[SubmitOutcome]| {
            outcomes == [SubmitOutcome::SameKey { id: id(n), now: Status::Submitted, same: true }]
        };
        let (one, two) = (one.expect("submit"), two.expect("submit"));
        let first = matches!(one[0], SubmitOutcome::Stored { .. }) && known(2 * n, &two);
        let second = matches!(two[0], SubmitOutcome::Stored { .. }) && known(2 * n + 1, &one);
        assert!(first || second, "{one:?} and {two:?}");
    }
    assert_eq!(listed_with(env.store(), Status::Submitted).await.len() as u64, ROUNDS);
}
