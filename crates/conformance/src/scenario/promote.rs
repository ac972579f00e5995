//! When tasks for later become tasks that wait.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, When};
use jobbers_core::store::{Promote, Promoted};

use super::{get, status, submit};
use crate::Environment;
use crate::sample::{alpha, failed_for_later, id, task, task_after, task_in};
use crate::scheduler;
use crate::worker::Worker;

pub async fn nothing_is_due_before_its_time(env: &Environment) {
    submit(env.store(), task_after(10, 1)).await;
    let due = env.now().after(Duration::from_secs(10));
    env.advance(Duration::from_millis(9_999)).await;
    let promoted = scheduler::promote(env.store()).await;
    assert_eq!((promoted.now, promoted.moved), (env.now(), 0));
    assert!(promoted.next_due.is_some_and(|hint| hint <= due), "{promoted:?}");
    assert_eq!(status(env.store(), id(1)).await, Status::Scheduled);
}

pub async fn a_task_is_due_at_its_time(env: &Environment) {
    submit(env.store(), task_after(10, 1)).await;
    env.advance(Duration::from_secs(10)).await;
    let promoted = scheduler::promote(env.store()).await;
    assert_eq!(promoted, Promoted { now: env.now(), moved: 1, next_due: None });
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.run_at), (Status::Submitted, None));
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_one().await.attempt, 1);
}

pub async fn the_next_time_is_told(env: &Environment) {
    for (seconds, n) in [(30, 1), (10, 2), (20, 3)] {
        submit(env.store(), task_after(seconds, n)).await;
    }
    let start = env.now();
    for seconds in [10, 20, 30] {
        let promoted = scheduler::promote(env.store()).await;
        let due = start.after(Duration::from_secs(seconds));
        assert!(promoted.next_due.is_some_and(|hint| hint <= due), "{promoted:?}");
        env.advance(due.since(env.now())).await;
        assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    }
    assert_eq!(scheduler::promote(env.store()).await.next_due, None);
}

pub async fn at_most_as_many_as_asked_for_are_moved(env: &Environment) {
    for n in 0..5 {
        submit(env.store(), task_after(10 + n, n)).await;
    }
    env.advance(Duration::from_secs(60)).await;
    let promote = Promote { queues: None, limit: 2 };
    for expected in [2, 2, 1, 0] {
        let promoted = env.store().promote(&promote).await.expect("promote");
        assert_eq!(promoted.moved, expected);
        assert_eq!(promoted.next_due.is_some_and(|due| due <= promoted.now), expected == 2, "{promoted:?}");
    }
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, (0..5).map(id).collect::<Vec<_>>(), "the first due first");
}

pub async fn five_hundred_are_moved_at_once(env: &Environment) {
    let all: Vec<_> = (0..500).map(|n| task_after(1, n)).collect();
    super::submit_all(env.store(), &all).await;
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 500);
}

pub async fn the_queues_of_a_role_can_be_moved_alone(env: &Environment) {
    for (n, queue) in [(1, "one"), (2, "two"), (3, "three")] {
        let when = When::After(Duration::from_secs(10 * n));
        submit(env.store(), NewTask { when, ..task_in(queue, n) }).await;
    }
    env.advance(Duration::from_secs(60)).await;
    let some = Promote { queues: Some(vec!["two".to_owned(), "three".to_owned(), "empty".to_owned()]), limit: 500 };
    let promoted = env.store().promote(&some).await.expect("promote");
    assert_eq!((promoted.moved, promoted.next_due), (2, None));
    assert_eq!(status(env.store(), id(1)).await, Status::Scheduled);
    let none = Promote { queues: Some(Vec::new()), limit: 500 };
    assert_eq!(env.store().promote(&none).await.expect("promote").moved, 0);
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
}

pub async fn due_tasks_of_several_queues_are_moved_in_the_order_of_their_times(env: &Environment) {
    for (n, queue) in [(3, "one"), (1, "two"), (4, "one"), (2, "two")] {
        let when = When::After(Duration::from_secs(n));
        submit(env.store(), NewTask { when, ..task_in(queue, n) }).await;
    }
    env.advance(Duration::from_secs(60)).await;
    let promote = Promote { queues: None, limit: 1 };
    let mut worker = Worker::consuming(env.store(), 1, &["one", "two"], &[alpha()]).await;
    for n in 1..=4 {
        assert_eq!(env.store().promote(&promote).await.expect("promote").moved, 1);
        assert_eq!(worker.claim_one().await.id, id(n));
    }
}

pub async fn a_retry_is_due_after_its_delay(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(3)).await;
    worker.finish(&attempt, failed_for_later("busy", 30)).await;
    let due = env.now().after(Duration::from_secs(30));
    assert_eq!(get(env.store(), id(1)).await.run_at, Some(due));
    env.advance(Duration::from_secs(29)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 0);
    assert!(worker.claim_all().await.is_empty());
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    assert_eq!(worker.claim_one().await.attempt, 2);
}

pub async fn a_retry_without_delay_through_the_scheduler_is_due_now(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, failed_for_later("busy", 0)).await;
    assert_eq!(status(env.store(), id(1)).await, Status::Scheduled);
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    assert_eq!(worker.claim_one().await.attempt, 2);
}

pub async fn a_repeated_promotion_moves_nothing_twice(env: &Environment) {
    submit(env.store(), task_after(1, 1)).await;
    env.advance(Duration::from_secs(2)).await;
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    assert_eq!(scheduler::promote(&env.other().await).await.moved, 0);
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 1);
}
