//! A claim never takes more than it says.

use jobbers_core::store::QueueSlots;

use super::submit_all;
use crate::Environment;
use crate::sample::{alpha, beta, task_in, task_of, tasks};
use crate::worker::Worker;

fn slots(queue: &str, free: u32) -> QueueSlots {
    QueueSlots { queue: queue.to_owned(), free, ..QueueSlots::default() }
}

pub async fn the_total_limit_is_exact(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for tasks in [1, 2, 17] {
        assert_eq!(worker.claim(tasks).await.len(), tasks as usize);
    }
}

pub async fn the_limit_of_a_type_is_exact(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    submit_all(env.store(), &(50..100).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.types[0].1 = 3;
    worker.types[1].1 = 5;
    let claimed = worker.claim(100).await;
    let of = |task_type| claimed.iter().filter(|task| task.task_type == task_type).count();
    assert_eq!((of(alpha()), of(beta()), claimed.len()), (3, 5, 8));
}

pub async fn the_limit_of_a_type_holds_over_queues_and_priorities(env: &Environment) {
    for priority in [1, 5] {
        let base = u64::from(priority) * 100;
        let in_queue = |queue: &'static str, from: u64| {
            (from..from + 10).map(move |n| jobbers_core::model::NewTask { priority, ..task_in(queue, n) })
        };
        submit_all(env.store(), &in_queue("default", base).collect::<Vec<_>>()).await;
        submit_all(env.store(), &in_queue("other", base + 50).collect::<Vec<_>>()).await;
    }
    let mut worker = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    worker.types[0].1 = 25;
    assert_eq!(worker.claim(100).await.len(), 25);
}

pub async fn the_limit_of_a_queue_is_exact(env: &Environment) {
    submit_all(env.store(), &tasks(0..50)).await;
    submit_all(env.store(), &(50..100).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::consuming(env.store(), 1, &[], &[alpha(), beta()]).await;
    worker.queues = vec![slots("default", 2), slots("other", 6)];
    let claimed = worker.claim(100).await;
    let of = |queue: &str| claimed.iter().filter(|task| task.queue == queue).count();
    assert_eq!((of("default"), of("other"), claimed.len()), (2, 6, 8));
}

pub async fn the_limit_of_a_queue_holds_over_types(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    submit_all(env.store(), &(50..60).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.queues = vec![slots("default", 7)];
    assert_eq!(worker.claim(100).await.len(), 7);
}

pub async fn a_saturated_type_hides_no_other(env: &Environment) {
    submit_all(env.store(), &tasks(0..1000)).await;
    submit_all(env.store(), &[task_of(beta(), 5000)]).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.types[0].1 = 0;
    let claimed = worker.claim(10).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].task_type, beta());
}

pub async fn a_saturated_queue_hides_no_other(env: &Environment) {
    submit_all(env.store(), &tasks(0..100)).await;
    submit_all(env.store(), &[task_in("other", 5000)]).await;
    let mut worker = Worker::consuming(env.store(), 1, &[], &[alpha()]).await;
    worker.queues = vec![slots("default", 0), slots("other", 10)];
    let claimed = worker.claim(10).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].queue, "other");
}

pub async fn a_saturated_type_of_a_better_priority_hides_no_other(env: &Environment) {
    let urgent = |n| jobbers_core::model::NewTask { priority: 0, ..crate::sample::task(n) };
    submit_all(env.store(), &(0..20).map(urgent).collect::<Vec<_>>()).await;
    submit_all(env.store(), &(20..40).map(|n| task_of(beta(), n)).collect::<Vec<_>>()).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.types[0].1 = 4;
    let claimed = worker.claim(10).await;
    let types: Vec<_> = claimed.iter().map(|task| task.task_type.clone()).collect();
    assert_eq!(types, [vec![alpha(); 4], vec![beta(); 6]].concat());
}
