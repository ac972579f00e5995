//! When a place under a limit over all workers is free again: never before the code has stopped.

use std::time::Duration;

use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{Policy, Status, Token};
use jobbers_core::store::{ClaimedTask, Renewed, Resubmit};

use super::totals::of_total;
use super::{status, submit_all};
use crate::Environment;
use crate::cleaner;
use crate::sample::{
    LEASE, alpha, completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later, handed_back, id,
    stopped, tasks,
};
use crate::scheduler;
use crate::worker::Worker;

const SECOND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);
/// Shorter than a lease.
const INTERVAL: Duration = Duration::from_secs(5);

/// A worker whose tasks may be silent for five seconds, and that knows how many tasks of the queue may run.
async fn beating(env: &Environment, n: u8, total: u32) -> Worker {
    let policy = Policy { max_heartbeat_interval: Some(INTERVAL), ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), n, policy).await;
    worker.limit_total("default", total);
    worker
}

/// Of ten tasks one runs, under a total of one, and is stalled after half of its lease; another worker could run more.
async fn stalled(env: &Environment) -> (Worker, ClaimedTask, Worker) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = beating(env, 1, 1).await;
    let attempt = worker.claim_one().await;
    env.advance(INTERVAL).await;
    assert_eq!(cleaner::stall(env.store(), None).await, [attempt.id]);
    let other = of_total(&env.other().await, 2, 1).await;
    (worker, attempt, other)
}

pub async fn each_end_frees_the_place(env: &Environment) {
    submit_all(env.store(), &tasks(0..40)).await;
    let mut worker = of_total(env.store(), 1, 1).await;
    worker.type_totals.insert(alpha(), 1);
    let mut other = of_total(env.store(), 2, 1).await;
    other.type_totals.insert(alpha(), 1);
    let ends: [(&str, Outcome); 7] = [
        ("completed", completed("1")),
        ("failed", failed("broken")),
        ("retried at once", failed_expectedly("busy")),
        ("retried later", failed_for_later("busy", 60)),
        ("handed back", handed_back()),
        ("stopped", stopped()),
        ("cancelled", confirmed_cancelled()),
    ];
    let mut running = worker.claim_one().await;
    for (name, outcome) in ends {
        assert!(other.claim(10).await.is_empty(), "{name}");
        if name == "cancelled" {
            env.store().cancel(running.id).await.expect("cancel");
            assert!(other.claim(10).await.is_empty(), "a wish alone frees nothing");
        }
        worker.finish(&running, outcome).await;
        let mut claimed = other.claim(10).await;
        assert_eq!(claimed.len(), 1, "{name}");
        running = claimed.remove(0);
        assert!(worker.claim(10).await.is_empty(), "{name}");
        (worker, other) = (other, worker);
    }
}

pub async fn a_task_of_a_dead_worker_keeps_its_place_until_it_is_reaped(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut dead = of_total(env.store(), 1, 1).await;
    let lost = dead.claim_one().await;
    let mut other = of_total(env.store(), 2, 1).await;
    env.advance(LEASE + SECOND).await;
    assert!(other.claim(10).await.is_empty(), "its worker may come back");
    scheduler::reap(env.store()).await;
    let claimed = other.claim(10).await;
    assert_eq!(claimed.iter().map(|task| (task.id, task.attempt)).collect::<Vec<_>>(), [(lost.id, 2)]);
    // The worker was not dead, and comes back.
    dead.stop(&lost).await;
    assert!(dead.claim(10).await.is_empty(), "what it frees is not what another has now");
    assert_eq!(other.finish(&claimed[0], completed("1")).await, super::applied(Status::Completed));
    assert_eq!(dead.claim(10).await.len(), 1);
}

pub async fn a_stalled_task_keeps_its_place_until_its_code_has_stopped(env: &Environment) {
    let (mut worker, attempt, mut other) = stalled(env).await;
    assert!(worker.claim(10).await.is_empty(), "its code still runs");
    assert!(other.claim(10).await.is_empty());
    worker.stop(&attempt).await;
    assert_eq!(other.claim(10).await.len(), 1);
    assert_eq!(status(env.store(), attempt.id).await, Status::Stalled);
    worker.stop(&attempt).await;
    assert!(worker.claim(10).await.is_empty(), "a second time it frees nothing");
}

pub async fn a_stalled_task_keeps_its_place_in_its_type_as_well(env: &Environment) {
    submit_all(env.store(), &tasks(0..3)).await;
    submit_all(env.store(), &(3..6).map(|n| crate::sample::task_in("other", n)).collect::<Vec<_>>()).await;
    let mut worker = beating(env, 1, 100).await;
    worker.type_totals.insert(alpha(), 1);
    let attempt = worker.claim_one().await;
    env.advance(INTERVAL).await;
    cleaner::stall(env.store(), None).await;
    let mut other = super::totals::of_type_total(env.store(), 2, 1).await;
    assert!(other.claim(10).await.is_empty(), "in whatever queue");
    worker.stop(&attempt).await;
    assert_eq!(other.claim(10).await.len(), 1);
}

pub async fn a_turn_that_says_that_code_has_stopped_may_claim_its_place(env: &Environment) {
    let (mut worker, attempt, mut other) = stalled(env).await;
    let claim = worker.claim_of(10);
    let mut turn = worker.next_turn(Vec::new(), Some(claim));
    turn.stopped.push((attempt.id, attempt.token));
    let claimed = worker.send(&turn).await.claimed;
    assert_eq!(claimed.len(), 1);
    assert_eq!(worker.send(&turn).await.claimed, claimed, "and if it is sent again, once");
    assert_eq!(other.claim(10).await.len(), 0);
}

pub async fn a_stalled_task_keeps_its_place_no_longer_than_its_lease(env: &Environment) {
    let (_, _, mut other) = stalled(env).await;
    env.advance(LEASE - INTERVAL - MOMENT).await;
    assert_eq!(other.claim(10).await.len(), 0);
    env.advance(MOMENT).await;
    assert_eq!(other.claim(10).await.len(), 1, "its worker is dead");
}

pub async fn a_worker_that_lives_keeps_the_place_of_code_that_does_not_stop(env: &Environment) {
    let (mut worker, attempt, mut other) = stalled(env).await;
    for _ in 0..3 {
        assert_eq!(worker.renew(&attempt).await, Renewed::Taken);
        env.advance(LEASE - MOMENT).await;
        assert_eq!(other.claim(10).await.len(), 0);
    }
    assert_eq!(worker.beat(&attempt, None).await, Renewed::Taken, "it does not get it back");
    env.advance(LEASE - MOMENT).await;
    assert_eq!((other.claim(10).await.len(), status(env.store(), attempt.id).await), (0, Status::Stalled));
    worker.stop(&attempt).await;
    assert_eq!(other.claim(10).await.len(), 1);
}

pub async fn what_was_not_taken_away_is_not_freed_by_saying_that_it_stopped(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = of_total(env.store(), 1, 2).await;
    let attempts = worker.claim(2).await;
    worker.finish(&attempts[0], completed("1")).await;
    let mut other = of_total(env.store(), 2, 2).await;
    let running = other.claim_one().await;
    // One that has ended, one that runs, and what nobody knows.
    worker.stop(&attempts[0]).await;
    worker.stop(&attempts[1]).await;
    worker.stop(&ClaimedTask { id: id(5_000), ..attempts[1].clone() }).await;
    worker.stop(&ClaimedTask { token: Token::from_bytes([7; 8]), ..running.clone() }).await;
    assert!(other.claim(10).await.is_empty());
    assert_eq!(worker.finish(&attempts[1], completed("1")).await, super::applied(Status::Completed), "it runs on");
    assert_eq!(other.finish(&running, completed("1")).await, super::applied(Status::Completed));
}

pub async fn another_token_does_not_free_the_place_of_a_stalled_task(env: &Environment) {
    let (mut worker, attempt, mut other) = stalled(env).await;
    worker.stop(&ClaimedTask { token: Token::from_bytes([7; 8]), ..attempt.clone() }).await;
    worker.stop(&ClaimedTask { id: id(5_000), ..attempt.clone() }).await;
    assert_eq!(other.claim(10).await.len(), 0);
}

pub async fn a_stalled_task_that_runs_again_has_two_places_while_the_old_code_runs(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = beating(env, 1, 2).await;
    let old = worker.claim_one().await;
    env.advance(INTERVAL).await;
    cleaner::stall(env.store(), None).await;
    let resubmit = Resubmit { ids: vec![old.id], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    env.store().cancel_all(&(1..9).map(id).collect::<Vec<_>>()).await.expect("cancel_all");
    let mut other = beating(env, 2, 2).await;
    let new = other.claim_one().await;
    assert_eq!((new.id, new.task_type.clone()), (id(9), alpha()));
    assert!(other.claim(10).await.is_empty(), "the old code, and the new task");
    other.finish(&new, completed("1")).await;
    let again = other.claim_one().await;
    assert_eq!(again.id, old.id);
    submit_all(env.store(), &tasks(20..30)).await;
    assert!(other.claim(10).await.is_empty(), "the old code, and the new attempt");
    worker.stop(&old).await;
    assert_eq!(other.claim(10).await.len(), 1);
    assert_eq!(other.finish(&again, completed("1")).await, super::applied(Status::Completed));
}

pub async fn each_attempt_of_a_task_that_stalls_again_and_again_keeps_a_place(env: &Environment) {
    submit_all(env.store(), &tasks(0..1)).await;
    let mut workers = [beating(env, 1, 3).await, beating(env, 2, 3).await];
    let mut old = Vec::new();
    for n in 0..2 {
        old.push(workers[n].claim_one().await);
        env.advance(INTERVAL).await;
        assert_eq!(cleaner::stall(env.store(), None).await, [id(0)]);
        for (worker, attempt) in workers.iter().zip(&old) {
            assert_eq!(worker.renew(attempt).await, Renewed::Taken);
        }
        let resubmit =
            Resubmit { ids: vec![id(0)], reset_failures: true, only_dead: false, request: [u8::from(n == 0); 8] };
        env.store().resubmit(&resubmit).await.expect("resubmit");
    }
    submit_all(env.store(), &tasks(1..10)).await;
    let [one, two] = &mut workers;
    assert_eq!(one.claim(10).await.len(), 1, "two old attempts, and a task");
    one.stop(&old[0]).await;
    assert_eq!(two.claim(10).await.len(), 1);
    two.stop(&old[1]).await;
    assert_eq!(two.claim(10).await.len(), 1);
    assert!(one.claim(10).await.is_empty(), "three tasks");
}

pub async fn a_task_that_was_handed_over_as_stalled_has_no_place_any_more(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = of_total(env.store(), 1, 1).await;
    let mut other = of_total(env.store(), 2, 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, stopped()).await;
    assert_eq!(status(env.store(), attempt.id).await, Status::Stalled);
    assert_eq!(other.claim(10).await.len(), 1, "its worker says that it has stopped");
}

pub async fn a_rehearsed_stall_takes_and_frees_no_place(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut worker = beating(env, 1, 2).await;
    let attempt = worker.claim_one().await;
    env.advance(INTERVAL).await;
    assert_eq!(cleaner::stall_with(env.store(), None, cleaner::REHEARSAL).await.len(), 1);
    worker.beat(&attempt, None).await;
    assert_eq!(worker.claim(10).await.len(), 1, "one runs, not two");
}
