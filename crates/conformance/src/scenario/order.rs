//! In which order waiting tasks are claimed.

use jobbers_core::model::{NewTask, Status, TaskId};
use jobbers_core::store::ClaimedTask;

use super::{applied, submit, submit_all};
use crate::Environment;
use crate::sample::{alpha, beta, failed_expectedly, handed_back, id, task, task_in, task_of, tasks};
use crate::scheduler;
use crate::worker::Worker;

fn ids(claimed: &[ClaimedTask]) -> Vec<TaskId> {
    claimed.iter().map(|task| task.id).collect()
}

pub async fn tasks_of_a_lane_are_claimed_in_order(env: &Environment) {
    submit_all(env.store(), &tasks([5, 3, 9])).await;
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(ids(&worker.claim(3).await), [id(5), id(3), id(9)]);
    assert_eq!(ids(&worker.claim(3).await), [id(1)]);
}

pub async fn better_priorities_go_first(env: &Environment) {
    for (n, priority) in [(1, 9), (2, 5), (3, 0), (4, 5), (5, 1)] {
        submit(env.store(), NewTask { priority, ..task(n) }).await;
    }
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(ids(&worker.claim(4).await), [id(3), id(5), id(2), id(4)]);
    assert_eq!(ids(&worker.claim(4).await), [id(1)]);
}

pub async fn the_best_priority_of_a_queue_goes_first_over_all_types(env: &Environment) {
    submit(env.store(), NewTask { priority: 4, ..task_of(alpha(), 1) }).await;
    submit(env.store(), NewTask { priority: 3, ..task_of(beta(), 2) }).await;
    submit(env.store(), NewTask { priority: 2, ..task_of(alpha(), 3) }).await;
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(ids(&worker.claim(3).await), [id(3), id(2), id(1)]);
}

pub async fn urgent_tasks_of_one_queue_do_not_starve_another(env: &Environment) {
    let urgent: Vec<_> = (0..100).map(|n| NewTask { priority: 0, ..task(n) }).collect();
    submit_all(env.store(), &urgent).await;
    submit_all(env.store(), &(100..200).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    let others = worker.claim(20).await.iter().filter(|task| task.queue == "other").count();
    assert!((5..=15).contains(&others), "{others} of 20 tasks are of the queue without urgent tasks");
}

pub async fn types_take_fair_turns(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    let betas: Vec<_> = (100..200).map(|n| task_of(beta(), n)).collect();
    submit_all(env.store(), &betas).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let in_one: Vec<_> = worker.claim(20).await;
    let alphas = in_one.iter().filter(|task| task.task_type == alpha()).count();
    assert!((5..=15).contains(&alphas), "{alphas} of 20 tasks are of the type that was there first");
    // One by one, nobody is forgotten either.
    let mut alphas = 0;
    for _ in 0..20 {
        alphas += usize::from(worker.claim_one().await.task_type == alpha());
    }
    assert!((2..=18).contains(&alphas), "{alphas} of 20 single tasks are of the type that was there first");
}

pub async fn queues_take_fair_turns(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    let others: Vec<_> = (100..200).map(|n| task_in("other", n)).collect();
    submit_all(env.store(), &others).await;
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    let others = worker.claim(20).await.iter().filter(|task| task.queue == "other").count();
    assert!((5..=15).contains(&others), "{others} of 20 tasks are of the queue that came second");
    let mut others = 0;
    for _ in 0..20 {
        others += usize::from(worker.claim_one().await.queue == "other");
    }
    assert!((2..=18).contains(&others), "{others} of 20 single tasks are of the queue that came second");
}

pub async fn a_retry_at_once_goes_to_the_tail(env: &Environment) {
    submit_all(env.store(), &tasks(1..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let first = worker.claim_one().await;
    assert_eq!(worker.finish(&first, failed_expectedly("once more")).await, applied(Status::Submitted));
    assert_eq!(ids(&worker.claim_all().await), [id(2), id(3), id(1)]);
}

pub async fn a_task_that_is_handed_back_goes_to_the_head(env: &Environment) {
    submit_all(env.store(), &tasks(1..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let first = worker.claim_one().await;
    assert_eq!(worker.finish(&first, handed_back()).await, applied(Status::Submitted));
    assert_eq!(ids(&worker.claim_all().await), [id(1), id(2), id(3)]);
}

pub async fn a_task_of_a_dead_worker_goes_to_the_head(env: &Environment) {
    submit_all(env.store(), &tasks(1..4)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(std::time::Duration::from_secs(11)).await;
    assert_eq!(scheduler::reap(env.store()).await, [applied(Status::Submitted)]);
    let mut other = Worker::start(env.store(), 2).await;
    assert_eq!(ids(&other.claim_all().await), [id(1), id(2), id(3)]);
}

pub async fn the_head_of_a_lane_stays_in_its_priority(env: &Environment) {
    submit(env.store(), NewTask { priority: 7, ..task(1) }).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let late = worker.claim_one().await;
    submit(env.store(), NewTask { priority: 3, ..task(2) }).await;
    worker.finish(&late, handed_back()).await;
    assert_eq!(ids(&worker.claim_all().await), [id(2), id(1)]);
}

pub async fn due_tasks_go_to_the_tail_in_the_order_of_their_times(env: &Environment) {
    for (seconds, n) in [(30, 1), (10, 2), (20, 3)] {
        submit(env.store(), crate::sample::task_after(seconds, n)).await;
    }
    env.advance(std::time::Duration::from_secs(40)).await;
    submit(env.store(), task(4)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 3);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(ids(&worker.claim_all().await), [id(4), id(2), id(3), id(1)]);
}
