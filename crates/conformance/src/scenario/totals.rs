//! Limits that hold over all workers: no more tasks of a queue, or of a type, run at once.

use jobbers_core::model::{NewTask, Status};
use jobbers_core::store::{ClaimedTask, SharedStore};

use super::{listed_with, status, submit_all};
use crate::Environment;
use crate::sample::{alpha, beta, completed, id, task, task_in, task_of, tasks};
use crate::worker::{PLENTY, Worker};

/// A worker that knows how many tasks of the queue `default` all workers together may run.
pub(super) async fn of_total(store: &SharedStore, n: u8, total: u32) -> Worker {
    let mut worker = Worker::start(store, n).await;
    worker.limit_total("default", total);
    worker
}

/// A worker of the queues `default` and `other`, that knows how many alphas all workers together may run.
pub(super) async fn of_type_total(store: &SharedStore, n: u8, total: u32) -> Worker {
    let mut worker = Worker::consuming(store, n, &["default", "other"], &[alpha(), beta()]).await;
    worker.type_totals.insert(alpha(), total);
    worker
}

async fn complete(worker: &mut Worker, attempts: &[ClaimedTask]) {
    for attempt in attempts {
        worker.finish(attempt, completed("1")).await;
    }
}

pub async fn the_total_of_a_queue_holds_over_workers(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    submit_all(env.store(), &(20..40).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let mut one = of_total(env.store(), 1, 5).await;
    let mut two = of_total(&env.other().await, 2, 5).await;
    assert_eq!(one.claim(3).await.len(), 3);
    let claimed = two.claim(10).await;
    assert_eq!(claimed.len(), 2, "of whatever type");
    assert!(one.claim(10).await.is_empty() && two.claim(10).await.is_empty());
    complete(&mut two, &claimed[..1]).await;
    assert_eq!(one.claim(10).await.len(), 1);
    assert!(two.claim(10).await.is_empty());
    assert_eq!(listed_with(env.store(), Status::Started).await.len(), 5);
}

pub async fn the_total_of_a_type_holds_over_workers_and_queues(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    submit_all(env.store(), &(10..20).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut one = of_type_total(env.store(), 1, 4).await;
    let mut two = of_type_total(&env.other().await, 2, 4).await;
    two.queues.retain(|slots| slots.queue == "other");
    let claimed = two.claim(3).await;
    assert!(claimed.len() == 3 && claimed.iter().all(|task| task.queue == "other"));
    assert_eq!(one.claim(10).await.len(), 1);
    assert!(one.claim(10).await.is_empty() && two.claim(10).await.is_empty());
    complete(&mut two, &claimed[..2]).await;
    assert_eq!(one.claim(10).await.len(), 2);
}

pub async fn totals_of_queues_and_types_are_kept_together(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    submit_all(env.store(), &(10..20).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(20..30).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let mut worker = of_type_total(env.store(), 1, 5).await;
    worker.limit_total("default", 6);
    worker.limit_total("other", 2);
    let claimed = worker.claim(100).await;
    let of = |queue: &str, task_type| {
        claimed.iter().filter(|task| task.queue == queue && task.task_type == task_type).count()
    };
    let (alphas, others, betas) = (of("default", alpha()), of("other", alpha()), of("default", beta()));
    assert!(alphas + others <= 5 && others <= 2, "{alphas} {others} {betas}");
    assert_eq!(alphas + betas, 6);
    assert!(alphas + others == 5 || others == 2, "and nothing is left that could run: {alphas} {others} {betas}");
    assert!(worker.claim(100).await.is_empty());
}

pub async fn nothing_starts_under_a_total_of_none(env: &Environment) {
    submit_all(env.store(), &[task(1), task_of(beta(), 2), task_in("other", 3)]).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha(), beta()]).await;
    worker.limit_total("default", 0);
    let claimed: Vec<_> = worker.claim(10).await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(3)]);
    worker.limit_total("default", None);
    worker.type_totals.insert(alpha(), 0);
    let claimed: Vec<_> = worker.claim(10).await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(2)]);
    worker.type_totals.clear();
    assert_eq!(worker.claim(10).await.len(), 1, "no limit is no limit");
}

pub async fn a_full_queue_holds_up_no_other(env: &Environment) {
    submit_all(env.store(), &tasks(0..300)).await;
    submit_all(env.store(), &(500..520).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.limit_total("default", 2);
    let claimed = worker.claim(10).await;
    let full = claimed.iter().filter(|task| task.queue == "default").count();
    assert_eq!((claimed.len(), full), (10, 2));
    let claimed = worker.claim(10).await;
    assert!(claimed.len() == 10 && claimed.iter().all(|task| task.queue == "other"));
}

pub async fn a_full_type_holds_up_no_other(env: &Environment) {
    let urgent = |n| NewTask { priority: 0, ..task(n) };
    submit_all(env.store(), &(0..300).map(urgent).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(500..520).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let mut worker = of_type_total(env.store(), 1, 2).await;
    let claimed = worker.claim(10).await;
    let types: Vec<_> = claimed.iter().map(|task| task.task_type.clone()).collect();
    assert_eq!(types, [vec![alpha(); 2], vec![beta(); 8]].concat(), "what is more urgent, but full, is passed over");
    let claimed = worker.claim(10).await;
    assert!(claimed.len() == 10 && claimed.iter().all(|task| task.task_type == beta()));
}

pub async fn a_place_that_a_turn_frees_is_there_for_its_own_claim(env: &Environment) {
    submit_all(env.store(), &tasks(0..6)).await;
    let mut worker = of_total(env.store(), 1, 1).await;
    worker.type_totals.insert(alpha(), 1);
    let mut claimed = worker.claim(10).await;
    for n in 0..5 {
        assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [id(n)]);
        let finish = worker.decide(&claimed[0], completed("1"));
        claimed = worker.finish_and_claim(vec![finish], 10).await.claimed;
    }
    assert_eq!(claimed[0].id, id(5));
}

pub async fn a_retry_at_once_may_have_its_own_place_again(env: &Environment) {
    submit_all(env.store(), &tasks(0..1)).await;
    let mut worker = of_total(env.store(), 1, 1).await;
    let attempt = worker.claim_one().await;
    let finish = worker.decide(&attempt, crate::sample::failed_expectedly("busy"));
    let again = worker.finish_and_claim(vec![finish], 10).await.claimed;
    assert_eq!(again.iter().map(|task| (task.id, task.attempt)).collect::<Vec<_>>(), [(id(0), 2)]);
}

pub async fn a_repeated_turn_takes_no_second_place(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    let mut worker = of_total(env.store(), 1, 3).await;
    let first = worker.claim(2).await;
    let finish = worker.decide(&first[0], completed("1"));
    let claim = worker.claim_of(10);
    let turn = worker.next_turn(vec![finish], Some(claim));
    let claimed = worker.send(&turn).await.claimed;
    assert_eq!(claimed.len(), 2);
    for _ in 0..3 {
        assert_eq!(worker.send(&turn).await.claimed, claimed);
    }
    let mut other = of_total(env.store(), 2, 3).await;
    assert!(other.claim(10).await.is_empty(), "three run");
    other.finish(&claimed[0], completed("1")).await;
    assert_eq!(other.claim(10).await.len(), 1, "the finish that was repeated had freed one place, not several");
}

pub async fn more_may_run_than_a_lowered_total_says_and_then_nothing_starts(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let running = worker.claim(5).await;
    worker.limit_total("default", 2);
    for attempt in &running[..3] {
        assert!(worker.claim(10).await.is_empty());
        worker.finish(attempt, completed("1")).await;
    }
    assert!(worker.claim(10).await.is_empty(), "two still run");
    worker.finish(&running[3], completed("1")).await;
    assert_eq!(worker.claim(10).await.len(), 1);
    worker.limit_total("default", 4);
    assert_eq!(worker.claim(10).await.len(), 2, "a raised one holds at once");
    worker.limit_total("default", None);
    assert_eq!(worker.claim(PLENTY).await.len(), 12);
}

pub async fn own_slots_count_as_well_as_the_total(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    let mut worker = of_total(env.store(), 1, 6).await;
    worker.queues[0].free = 2;
    assert_eq!(worker.claim(10).await.len(), 2);
    worker.queues[0].free = PLENTY;
    worker.types[0].1 = 1;
    assert_eq!(worker.claim(10).await.len(), 1);
    worker.types[0].1 = PLENTY;
    assert_eq!(worker.claim(2).await.len(), 2);
    assert_eq!(worker.claim(10).await.len(), 1);
}

pub async fn priorities_and_turns_stay_inside_what_a_total_leaves(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    submit_all(env.store(), &(10..20).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let urgent = |n| NewTask { priority: 0, ..task_of(beta(), n) };
    submit_all(env.store(), &(20..22).map(urgent).collect::<Vec<_>>()).await;
    let mut worker = of_total(env.store(), 1, 8).await;
    let claimed: Vec<_> = worker.claim(100).await;
    assert_eq!(claimed[..2].iter().map(|task| task.id).collect::<Vec<_>>(), [id(20), id(21)]);
    let alphas = claimed[2..].iter().filter(|task| task.task_type == alpha()).count();
    assert_eq!((claimed.len(), alphas), (8, 3), "types take turns for the other six");
}

pub async fn other_queues_and_types_do_not_count(env: &Environment) {
    submit_all(env.store(), &(0..5).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    submit_all(env.store(), &tasks(10..20)).await;
    let mut elsewhere = Worker::consuming(env.store(), 1, &["other"], &[alpha()]).await;
    assert_eq!(elsewhere.claim(5).await.len(), 5);
    let mut worker = of_total(env.store(), 2, 3).await;
    worker.type_totals.insert(beta(), 1);
    assert_eq!(worker.claim(10).await.len(), 3);
    submit_all(env.store(), &(20..25).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    worker.limit_total("default", None);
    worker.type_totals.insert(beta(), 2);
    worker.types[0].1 = 0;
    assert_eq!(worker.claim(10).await.len(), 2, "eight alphas run");
}

pub async fn workers_that_claim_at_once_never_exceed_a_total(env: &Environment) {
    submit_all(env.store(), &tasks(0..60)).await;
    let mut workers = Vec::new();
    for n in 1..=3 {
        workers.push(of_total(&env.other().await, n, 4).await);
    }
    let [one, two, three] = workers.as_mut_slice() else { panic!("three workers") };
    let mut held = Vec::new();
    let mut done = 0;
    for round in 0..100 {
        let (a, b, c) = tokio::join!(one.claim(3), two.claim(3), three.claim(3));
        held.extend([a, b, c].concat());
        let started = listed_with(env.store(), Status::Started).await.len();
        assert!(started <= 4 && started == held.len(), "round {round}: {started} run of {} that are held", held.len());
        let ending = held.split_off(held.len() / 3);
        done += ending.len();
        complete(one, &ending).await;
        if done + held.len() == 60 {
            break;
        }
    }
    assert_eq!(done + held.len(), 60);
}

pub async fn what_was_cancelled_or_expired_before_it_started_takes_no_place(env: &Environment) {
    let expired = NewTask { expires_at: Some(env.now()), ..task(2) };
    submit_all(env.store(), &[task(1), expired, task(3), task(4)]).await;
    env.store().cancel(id(1)).await.expect("cancel");
    let mut worker = of_total(env.store(), 1, 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!((claimed, status(env.store(), id(4)).await), (vec![id(3)], Status::Submitted));
}
