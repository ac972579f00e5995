//! A turn that is sent again, because its answer did not arrive, is answered from what it did the first time.

use std::time::Duration;

use jobbers_core::model::Status;
use jobbers_core::store::{MoveOutcome, Turn};

use super::{applied, get, status, submit, submit_all};
use crate::Environment;
use crate::sample::{completed, failed_expectedly, id, task, tasks};
use crate::scheduler;
use crate::worker::Worker;

/// A worker's next turn with a claim of so many.
fn claiming(worker: &mut Worker, tasks: u32) -> Turn {
    let claim = worker.claim_of(tasks);
    worker.next_turn(Vec::new(), Some(claim))
}

pub async fn a_repeated_turn_claims_nothing_new(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = claiming(&mut worker, 4);
    let first = worker.send(&turn).await;
    let again = worker.send(&turn).await;
    assert_eq!(first.claimed.len(), 4);
    assert_eq!(again.claimed, first.claimed);
    let mut other = Worker::start(env.store(), 2).await;
    assert_eq!(other.claim_all().await.len(), 6, "the rest still waits");
}

pub async fn a_repeated_turn_may_come_from_another_connection(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = claiming(&mut worker, 4);
    let first = worker.send(&turn).await;
    worker.store = env.other().await;
    let again = worker.send(&turn).await;
    assert_eq!(again.claimed, first.claimed);
}

pub async fn a_repeated_turn_finishes_once(env: &Environment) {
    submit_all(env.store(), &tasks(0..2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim(2).await;
    let finishes =
        vec![worker.decide(&claimed[0], completed("1")), worker.decide(&claimed[1], failed_expectedly("busy"))];
    let turn = worker.next_turn(finishes, None);
    let first = worker.send(&turn).await;
    let before = (get(env.store(), id(0)).await, get(env.store(), id(1)).await);
    env.advance(Duration::from_secs(1)).await;
    let again = worker.send(&turn).await;
    assert_eq!(first.finished, [applied(Status::Completed), applied(Status::Submitted)]);
    assert_eq!(again.finished, first.finished);
    assert_eq!((get(env.store(), id(0)).await, get(env.store(), id(1)).await), before);
    assert_eq!(before.1.failures, 1, "one failure counts once");
    assert_eq!(worker.claim_all().await.len(), 1, "the retry waits once");
}

pub async fn a_repeated_turn_returns_a_retry_that_it_claimed_itself(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed = worker.claim_one().await;
    let finish = worker.decide(&claimed, failed_expectedly("busy"));
    let claim = worker.claim_of(1);
    let turn = worker.next_turn(vec![finish], Some(claim));
    let first = worker.send(&turn).await;
    let again = worker.send(&turn).await;
    assert_eq!(first.claimed.len(), 1);
    assert_eq!(again.claimed, first.claimed);
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.attempt, task.failures), (Status::Started, 2, 1));
}

pub async fn a_repeated_turn_leaves_out_what_has_ended_since(env: &Environment) {
    submit_all(env.store(), &tasks(0..3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = claiming(&mut worker, 3);
    let first = worker.send(&turn).await;
    // The end of one was sent over another connection under a number that the store has not seen from this one.
    let finish = worker.decide(&first.claimed[1], completed("1"));
    let mut deputy = Worker::start(env.store(), 2).await;
    assert_eq!(deputy.finish_with(finish).await, applied(Status::Completed));
    let again = worker.send(&turn).await;
    assert_eq!(again.claimed, [first.claimed[0].clone(), first.claimed[2].clone()]);
}

pub async fn a_repeated_turn_leaves_out_what_was_taken_away(env: &Environment) {
    submit_all(env.store(), &tasks(0..2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = claiming(&mut worker, 2);
    let first = worker.send(&turn).await;
    env.advance(Duration::from_secs(5)).await;
    worker.renew(&first.claimed[0]).await;
    env.advance(Duration::from_secs(6)).await;
    scheduler::reap(env.store()).await;
    let again = worker.send(&turn).await;
    assert_eq!(again.claimed, first.claimed[..1]);
    // Nor when another worker has it under a new token.
    let mut other = Worker::start(env.store(), 2).await;
    assert_eq!(other.claim_one().await.id, id(1));
    let again = worker.send(&turn).await;
    assert_eq!(again.claimed, first.claimed[..1]);
}

pub async fn a_repeated_turn_that_found_nothing_finds_nothing(env: &Environment) {
    let mut worker = Worker::start(env.store(), 1).await;
    let turn = claiming(&mut worker, 2);
    let first = worker.send(&turn).await;
    assert_eq!((first.claimed.len(), first.parked), (0, true));
    submit(env.store(), task(1)).await;
    assert!(worker.send(&turn).await.claimed.is_empty());
    assert_eq!(worker.claim(2).await.len(), 1, "the next turn finds it");
}

pub async fn an_older_turn_claims_nothing(env: &Environment) {
    // A copy that was stuck in a broken connection arrives after the next turn.
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let stuck = claiming(&mut worker, 2);
    worker.send(&stuck).await;
    let next = claiming(&mut worker, 2);
    worker.send(&next).await;
    // A refusal is an answer, too: nobody waits for it any more.
    if let Ok(late) = env.store().turn(&stuck).await {
        let new = late.claimed.iter().filter(|task| task.id >= id(4)).count();
        assert_eq!(new, 0, "nobody would run what a late copy takes");
    }
    let mut waiting = 0;
    for n in 0..10 {
        waiting += usize::from(status(env.store(), id(n)).await == Status::Submitted);
    }
    assert_eq!(waiting, 6);
}

pub async fn an_older_turn_does_not_make_the_last_one_forgotten(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let stuck = claiming(&mut worker, 2);
    worker.send(&stuck).await;
    let next = claiming(&mut worker, 2);
    let first = worker.send(&next).await;
    let _ = env.store().turn(&stuck).await;
    assert_eq!(worker.send(&next).await.claimed, first.claimed);
}

pub async fn turns_of_different_workers_are_told_apart(env: &Environment) {
    submit_all(env.store(), &tasks(0..4)).await;
    let mut one = Worker::start(env.store(), 1).await;
    let mut two = Worker::start(env.store(), 2).await;
    let turns = (claiming(&mut one, 2), claiming(&mut two, 2));
    assert_eq!(turns.0.sequence, turns.1.sequence);
    let first = (one.send(&turns.0).await.claimed, two.send(&turns.1).await.claimed);
    let again = (one.send(&turns.0).await.claimed, two.send(&turns.1).await.claimed);
    assert_eq!((first.0.len(), first.1.len()), (2, 2));
    assert_eq!(again, first);
}

pub async fn a_lost_answer_costs_nothing_over_many_turns(env: &Environment) {
    submit_all(env.store(), &tasks(0..60)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let mut held = Vec::new();
    let mut done = 0;
    while done < 60 {
        let finishes = held.iter().map(|task| worker.decide(task, completed("1"))).collect::<Vec<_>>();
        let count = finishes.len();
        let claim = worker.claim_of(7);
        let turn = worker.next_turn(finishes, Some(claim));
        worker.send(&turn).await;
        let again = worker.send(&turn).await;
        assert!(again.finished.iter().all(|outcome| matches!(outcome, MoveOutcome::Applied { .. })), "{again:?}");
        done += count;
        held = again.claimed;
    }
    for n in 0..60 {
        let task = get(env.store(), id(n)).await;
        assert_eq!((task.status, task.attempt), (Status::Completed, 1));
    }
}
