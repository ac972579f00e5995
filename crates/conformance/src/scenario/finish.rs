//! What a finish promises: whose right it is to end an attempt.

use std::time::Duration;

use jobbers_core::model::{Status, Token};
use jobbers_core::store::{Finish, MoveOutcome};

use super::{applied, get, stale, status, submit, submit_all};
use crate::Environment;
use crate::sample::{completed, failed, failed_expectedly, failed_for_later, handed_back, id, stopped, task, tasks};
use crate::scheduler;
use crate::worker::Worker;

pub async fn a_finished_task_has_its_result(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    assert_eq!(worker.finish(&claimed, completed("42")).await, applied(Status::Completed));
    assert_eq!(get(env.store(), id(1)).await.result.as_deref(), Some(b"42".as_slice()));
    assert!(worker.claim_all().await.is_empty(), "it does not run again");
}

pub async fn each_end_leads_where_the_lifecycle_says(env: &Environment) {
    let ends = [
        (completed("1"), Status::Completed),
        (failed("broken"), Status::Failed),
        (failed_expectedly("busy"), Status::Submitted),
        (failed_for_later("busy", 5), Status::Scheduled),
        (handed_back(), Status::Submitted),
        (stopped(), Status::Stalled),
        (crate::sample::confirmed_cancelled(), Status::Cancelled),
    ];
    submit_all(env.store(), &tasks(0..7)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim(7).await;
    for (task, (outcome, expected)) in claimed.iter().zip(ends) {
        assert_eq!(worker.finish(task, outcome).await, applied(expected));
        assert_eq!(status(env.store(), task.id).await, expected);
    }
}

pub async fn a_batch_of_ends_is_answered_in_order(env: &Environment) {
    submit_all(env.store(), &tasks(0..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim(4).await;
    let mut finishes = vec![
        worker.decide(&claimed[2], completed("2")),
        worker.decide(&claimed[0], failed("no")),
        worker.decide(&claimed[3], failed_for_later("later", 1)),
        worker.decide(&claimed[1], stopped()),
    ];
    finishes[3].token = Token::from_bytes([7; 8]);
    let claim = worker.claim_of(1);
    let turn = worker.next_turn(finishes, Some(claim));
    let reply = worker.send(&turn).await;
    assert_eq!(
        reply.finished,
        [applied(Status::Completed), applied(Status::Failed), applied(Status::Scheduled), stale(Status::Started)]
    );
}

pub async fn a_full_batch_of_ends_is_applied_at_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..1000)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim(500).await;
    let finishes = claimed.iter().map(|task| worker.decide(task, completed("1"))).collect();
    let claim = worker.claim_of(500);
    let turn = worker.next_turn(finishes, Some(claim));
    let reply = worker.send(&turn).await;
    assert!(reply.finished.iter().all(|outcome| *outcome == applied(Status::Completed)));
    assert_eq!((claimed.len(), reply.claimed.len()), (500, 500));
}

pub async fn a_turn_may_claim_what_it_has_just_given_back(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    let finish = worker.decide(&claimed, failed_expectedly("once more"));
    let claim = worker.claim_of(1);
    let turn = worker.next_turn(vec![finish], Some(claim));
    let reply = worker.send(&turn).await;
    assert_eq!(reply.finished, [applied(Status::Submitted)]);
    assert_eq!(reply.claimed.len(), 1);
    assert_eq!((reply.claimed[0].attempt, reply.claimed[0].failures), (2, 1));
    assert_ne!(reply.claimed[0].token, claimed.token);
}

pub async fn a_finish_with_a_wrong_token_changes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    let before = get(env.store(), id(1)).await;
    let finish = Finish { token: Token::from_bytes([7; 8]), ..worker.decide(&claimed, completed("1")) };
    assert_eq!(worker.finish_with(finish).await, stale(Status::Started));
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn a_finish_of_an_unknown_task_says_so(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    let finish = Finish { id: id(2), ..worker.decide(&claimed, completed("1")) };
    assert_eq!(worker.finish_with(finish).await, MoveOutcome::Stale { now: None });
}

pub async fn a_finish_of_a_task_that_never_started_changes_nothing(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    submit(env.store(), task(2)).await;
    for token in [claimed.token, Token::default()] {
        let finish = Finish { id: id(2), token, ..worker.decide(&claimed, completed("1")) };
        assert_eq!(worker.finish_with(finish).await, stale(Status::Submitted));
    }
    assert_eq!(worker.claim_all().await.len(), 1);
}

pub async fn a_finish_that_is_sent_again_is_answered_again(env: &Environment) {
    let ends = [
        (completed("1"), Status::Completed),
        (failed("broken"), Status::Failed),
        (failed_expectedly("busy"), Status::Submitted),
        (failed_for_later("busy", 5), Status::Scheduled),
        (handed_back(), Status::Submitted),
        (stopped(), Status::Stalled),
    ];
    let mut worker = Worker::start(env.store(), 1).await;
    for (n, (outcome, expected)) in (0..).zip(ends) {
        let lane = format!("queue-{n}");
        worker.queues[0].queue.clone_from(&lane);
        submit(env.store(), crate::sample::task_in(&lane, n)).await;
        let claimed = worker.claim_one().await;
        let finish = worker.decide(&claimed, outcome);
        assert_eq!(worker.finish_with(finish.clone()).await, applied(expected));
        let before = get(env.store(), id(n)).await;
        env.advance(Duration::from_secs(1)).await;
        assert_eq!(worker.finish_with(finish).await, applied(expected), "in a turn of its own");
        assert_eq!(get(env.store(), id(n)).await, before);
    }
}

pub async fn a_second_end_of_an_attempt_does_not_replace_the_first(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, completed("1")).await;
    let before = get(env.store(), id(1)).await;
    assert_eq!(worker.finish(&claimed, failed("no")).await, applied(Status::Completed));
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn a_finish_after_the_lease_is_accepted_while_nobody_took_the_task(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    env.advance(Duration::from_secs(60)).await;
    assert_eq!(worker.finish(&claimed, completed("1")).await, applied(Status::Completed));
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
}

pub async fn a_worker_whose_task_was_taken_away_cannot_finish_it(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut frozen = Worker::start(env.store(), 1).await;
    let old = frozen.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    assert_eq!(frozen.finish(&old, completed("1")).await, stale(Status::Submitted), "it waits again");

    let mut other = Worker::start(&env.other().await, 2).await;
    let new = other.claim_one().await;
    assert_eq!((new.attempt, new.lost, new.failures), (2, 1, 0));
    assert_ne!(new.token, old.token);
    assert_eq!(frozen.finish(&old, completed("1")).await, stale(Status::Started), "another has it");
    assert_eq!(other.finish(&new, completed("2")).await, applied(Status::Completed));
    assert_eq!(frozen.finish(&old, completed("1")).await, stale(Status::Completed), "another ended it");
    assert_eq!(get(env.store(), id(1)).await.result.as_deref(), Some(b"2".as_slice()));
}

pub async fn an_old_attempt_cannot_end_a_new_one_of_the_same_worker(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let first = worker.claim_one().await;
    worker.finish(&first, failed_expectedly("busy")).await;
    let second = worker.claim_one().await;
    assert_eq!(worker.finish(&first, completed("1")).await, stale(Status::Started));
    assert_eq!(worker.finish(&second, completed("2")).await, applied(Status::Completed));
}

pub async fn a_finish_may_come_over_another_connection(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    worker.store = env.other().await;
    assert_eq!(worker.finish(&claimed, completed("1")).await, applied(Status::Completed));
    assert_eq!(status(env.store(), id(1)).await, Status::Completed);
}
