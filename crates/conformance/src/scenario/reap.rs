//! What becomes of tasks whose worker does not renew its lease.

use std::time::Duration;

use jobbers_core::model::{EndKind, Policy, Progress, Status};
use jobbers_core::store::{MoveOutcome, Renewed, Verdict};

use super::{applied, get, stale, status, submit, submit_all};
use crate::Environment;
use crate::sample::{LEASE, alpha, completed, id, task, task_in, tasks};
use crate::scheduler;
use crate::worker::Worker;

pub async fn only_leases_that_are_over_are_listed(env: &Environment) {
    submit_all(env.store(), &tasks(0..2)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(Duration::from_secs(5)).await;
    worker.claim_one().await;
    env.advance(Duration::from_millis(4_999)).await;
    assert!(scheduler::overdue_ids(env.store()).await.is_empty());
    env.advance(Duration::from_millis(2)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(0)]);
    env.advance(Duration::from_secs(5)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(0), id(1)]);
}

pub async fn an_overdue_task_comes_with_all_that_a_decision_needs(env: &Environment) {
    submit(env.store(), task_in("reports", 1)).await;
    let policy = Policy { max_lost: 5, cancel_grace: Duration::from_millis(2500), ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy.clone()).await;
    worker.queues[0].queue = "reports".to_owned();
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(1)).await;
    let progress = Some(Progress { percent: 30.0, message: Some("page 3".to_owned()) });
    worker.beat(&attempt, progress.clone()).await;
    let deadline = env.now().after(LEASE);
    env.advance(Duration::from_secs(20)).await;
    let overdue = scheduler::overdue(env.store()).await;
    assert_eq!((overdue.now, overdue.tasks.len()), (env.now(), 1));
    let task = &overdue.tasks[0];
    assert_eq!((task.id, &task.task_type, task.queue.as_str()), (id(1), &alpha(), "reports"));
    assert_eq!((task.token, task.worker, task.attempt, task.lost), (attempt.token, worker.id, 1, 0));
    assert_eq!((task.started_at, task.deadline), (attempt.started_at, deadline));
    assert_eq!((&task.progress, &task.policy), (&progress, &policy));
    assert!(task.counts_as_lost, "the store was never away");
}

pub async fn at_most_as_many_as_asked_for_are_listed(env: &Environment) {
    submit_all(env.store(), &tasks(0..20)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim(20).await;
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(env.store().overdue(7).await.expect("overdue").tasks.len(), 7);
    let mut reaped = 0;
    while reaped < 20 {
        let verdicts: Vec<_> =
            env.store().overdue(7).await.expect("overdue").tasks.iter().map(scheduler::decide).collect();
        assert!(!verdicts.is_empty(), "{reaped} of 20 were listed");
        reaped += verdicts.len();
        env.store().reap(&verdicts).await.expect("reap");
    }
    assert_eq!(reaped, 20);
}

pub async fn overdue_tasks_of_every_queue_and_type_are_listed(env: &Environment) {
    let mut all = Vec::new();
    for n in 0..20 {
        let task_type = jobbers_core::model::TaskType::new(format!("type-{}", n % 4), 1);
        let queue = format!("queue-{}", n % 5);
        submit(env.store(), jobbers_core::model::NewTask { task_type: task_type.clone(), ..task_in(&queue, n) }).await;
        let mut worker =
            Worker::consuming(env.store(), u8::try_from(n).unwrap_or_default(), &[&queue], &[task_type]).await;
        worker.claim_one().await;
        all.push(id(n));
        env.advance(Duration::from_millis(100)).await;
    }
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(scheduler::overdue_ids(env.store()).await, all);
}

pub async fn a_task_of_a_dead_worker_runs_again(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let first = worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(scheduler::reap(env.store()).await, [applied(Status::Submitted)]);
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.attempt, task.failures, task.lost, task.ended_at), (1, 0, 1, None));
    assert_eq!((task.attempts.len(), task.attempts[0].detail.kind), (1, EndKind::Lost));
    let mut other = Worker::start(env.store(), 2).await;
    let second = other.claim_one().await;
    assert_eq!((second.id, second.attempt, second.lost), (first.id, 2, 1));
}

pub async fn a_task_under_which_workers_die_is_taken_out(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    for expected in [Status::Submitted, Status::Submitted, Status::Failed] {
        worker.claim_one().await;
        env.advance(Duration::from_secs(11)).await;
        assert_eq!(scheduler::reap(env.store()).await, [applied(expected)]);
    }
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.status, task.lost, task.failures), (Status::Failed, 3, 0));
    assert_eq!(task.ended_at, Some(env.now()));
    assert!(worker.claim_all().await.is_empty());
}

pub async fn a_decision_falls_when_the_lease_was_renewed_meanwhile(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let verdicts: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    assert_eq!(env.store().reap(&verdicts).await.expect("reap"), [stale(Status::Started)]);
    assert_eq!(worker.finish(&attempt, completed("1")).await, applied(Status::Completed));
    assert_eq!(get(env.store(), id(1)).await.lost, 0);
}

pub async fn a_decision_falls_when_the_task_ended_meanwhile(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let verdicts: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    worker.finish(&attempt, completed("1")).await;
    assert_eq!(env.store().reap(&verdicts).await.expect("reap"), [stale(Status::Completed)]);
    assert_eq!(status(env.store(), id(1)).await, Status::Completed);
}

pub async fn a_decision_falls_when_another_has_the_task(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let verdicts: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    scheduler::reap(env.store()).await;
    let mut other = Worker::start(env.store(), 2).await;
    let second = other.claim_one().await;
    // Also when that lease is over as well: the token was not the one that was decided on.
    for _ in 0..2 {
        assert_eq!(env.store().reap(&verdicts).await.expect("reap"), [stale(Status::Started)]);
        env.advance(Duration::from_secs(11)).await;
    }
    assert_eq!(other.finish(&second, completed("1")).await, applied(Status::Completed));
}

pub async fn two_schedulers_reap_a_task_once(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let other = env.other().await;
    let one: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    let two: Vec<_> = scheduler::overdue(&other).await.tasks.iter().map(scheduler::decide).collect();
    assert_eq!((one.len(), two.len()), (1, 1));
    assert_eq!(env.store().reap(&one).await.expect("reap"), [applied(Status::Submitted)]);
    other.reap(&two).await.expect("reap");
    let task = get(env.store(), id(1)).await;
    assert_eq!((task.lost, task.attempts.len()), (1, 1));
    assert_eq!(worker.claim_all().await.len(), 1, "it waits once");
}

pub async fn a_repeated_reap_is_answered_alike(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let verdicts: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    let first = env.store().reap(&verdicts).await.expect("reap");
    let before = get(env.store(), id(1)).await;
    let again = env.store().reap(&verdicts).await.expect("reap");
    assert_eq!(again, first);
    assert_eq!(get(env.store(), id(1)).await, before);
}

pub async fn a_decision_on_a_lease_that_was_renewed_and_is_over_again_does_not_apply(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempt = worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let decided: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    assert_eq!(worker.renew(&attempt).await, Renewed::Kept);
    env.advance(Duration::from_secs(11)).await;
    assert_eq!(
        env.store().reap(&decided).await.expect("reap"),
        [stale(Status::Started)],
        "that was about another lease"
    );
    assert_eq!(scheduler::reap(env.store()).await, [applied(Status::Submitted)]);
}

pub async fn verdicts_are_answered_in_order(env: &Environment) {
    submit_all(env.store(), &tasks(0..3)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let attempts = worker.claim(3).await;
    env.advance(Duration::from_secs(11)).await;
    let overdue = scheduler::overdue(env.store()).await;
    let mut verdicts: Vec<Verdict> = overdue.tasks.iter().map(scheduler::decide).collect();
    verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.id));
    verdicts.push(Verdict { id: id(99), ..verdicts[0].clone() });
    worker.finish(&attempts[1], completed("1")).await;
    assert_eq!(
        env.store().reap(&verdicts).await.expect("reap"),
        [
            applied(Status::Submitted),
            stale(Status::Completed),
            applied(Status::Submitted),
            MoveOutcome::Stale { now: None }
        ]
    );
}

pub async fn the_clock_of_the_store_decides(env: &Environment) {
    assert_eq!(env.store().now().await.expect("now"), env.now());
    env.advance(Duration::from_secs(5)).await;
    assert_eq!(env.store().now().await.expect("now"), env.now());
    assert_eq!(env.other().await.now().await.expect("now"), env.now());
}
