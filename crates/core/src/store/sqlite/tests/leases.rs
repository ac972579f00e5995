use std::time::Duration;

use super::super::excuse::AfterSuspension;
use super::bed::{Bed, LEASE, Worker, completed, failed, id, register, task, verdict};
use crate::model::{EndKind, Progress, Status};
use crate::store::{Beat, Lease, MoveOutcome, Renewal, Renewed, TaskStore as _};

#[tokio::test]
async fn a_renewed_lease_is_not_over() {
    let bed = Bed::new().await;
    register(bed.store(), &["echo"]).await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    bed.pass(LEASE - Duration::from_millis(1));
    assert!(bed.store().overdue(9).await.unwrap().tasks.is_empty());
    assert_eq!(worker.renew(&[&claimed]).await, [Renewed::Kept]);
    bed.pass(LEASE - Duration::from_millis(1));
    assert!(bed.store().overdue(9).await.unwrap().tasks.is_empty());
    bed.pass(Duration::from_millis(1));
    let overdue = bed.store().overdue(9).await.unwrap();
    assert_eq!((overdue.tasks.len(), overdue.waiting_until), (1, None));
    let listed = &overdue.tasks[0];
    assert_eq!((listed.id, listed.token, listed.worker), (id(1), claimed.token, worker.id));
    assert_eq!((listed.attempt, listed.lost, listed.counts_as_lost), (1, 0, true));
    assert_eq!(listed.deadline, bed.now());
}

#[tokio::test]
async fn heartbeats_and_progress_are_recorded() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    bed.pass(Duration::from_secs(1));
    let beat = |progress| Lease {
        id: claimed.id,
        token: claimed.token,
        beat: Some(Beat { progress, max_heartbeat_interval: Some(Duration::from_secs(2)) }),
    };
    let half = Progress { percent: 50.0, message: Some("half".into()) };
    let renewal = |lease| Renewal { worker: worker.id, lease: LEASE, tasks: vec![lease] };
    bed.store().renew(&renewal(beat(Some(half.clone())))).await.unwrap();
    let first = bed.now();
    bed.pass(Duration::from_secs(1));
    worker.renew(&[&claimed]).await;
    assert_eq!(bed.get(1).await.heartbeat_at, Some(first), "a lease is no heartbeat");
    bed.store().renew(&renewal(beat(None))).await.unwrap();
    let stored = bed.get(1).await;
    assert_eq!((stored.heartbeat_at, stored.progress), (Some(bed.now()), Some(half)));
}

#[tokio::test]
async fn a_dead_workers_task_runs_again_first_and_the_worker_cannot_finish_it() {
    let bed = Bed::new().await;
    register(bed.store(), &["echo"]).await;
    bed.submit(&[task(1), task(2)]).await;
    let mut dead = Worker::new(bed.store(), 1);
    let lost = dead.claim_one().await;
    bed.pass(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    let verdicts = [verdict(&overdue.tasks[0])];
    let applied = [MoveOutcome::Applied { status: Status::Submitted }];
    assert_eq!(bed.store().reap(&verdicts).await.unwrap(), applied);
    assert_eq!(bed.store().reap(&verdicts).await.unwrap(), applied, "sent twice");
    let stored = bed.get(1).await;
    assert_eq!((stored.status, stored.lost, stored.failures), (Status::Submitted, 1, 0));
    assert_eq!(stored.attempts[0].detail.kind, EndKind::Lost);
    assert_eq!(dead.renew(&[&lost]).await, [Renewed::Taken]);
    assert_eq!(dead.finish(&lost, completed()).await, MoveOutcome::Stale { now: Some(Status::Submitted) });
    let mut other = Worker::new(bed.store(), 2);
    let again = other.claim_one().await;
    assert_eq!((again.id, again.attempt, again.lost), (id(1), 2, 1));
    assert_eq!(dead.finish(&lost, completed()).await, MoveOutcome::Stale { now: Some(Status::Started) });
    assert_eq!(bed.store().reap(&verdicts).await.unwrap(), [MoveOutcome::Stale { now: Some(Status::Started) }]);
}

#[tokio::test]
async fn a_verdict_on_a_lease_that_was_renewed_or_a_task_that_ended_is_stale() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim(2).await;
    bed.pass(LEASE + LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    let verdicts: Vec<_> = overdue.tasks.iter().map(verdict).collect();
    assert_eq!(worker.renew(&[&claimed[0]]).await, [Renewed::Kept], "late, but nobody took it away");
    worker.finish(&claimed[1], failed()).await;
    let stale = |now| MoveOutcome::Stale { now: Some(now) };
    let order = |one: u128| overdue.tasks.iter().position(|task| task.id == id(one)).unwrap();
    let outcomes = bed.store().reap(&verdicts).await.unwrap();
    assert_eq!((outcomes[order(1)], outcomes[order(2)]), (stale(Status::Started), stale(Status::Failed)));
}

#[tokio::test]
async fn of_two_processes_that_reap_a_task_both_are_told_it_is_done_once() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.submit(&[task(1)]).await;
    Worker::new(bed.store(), 1).claim_one().await;
    bed.pass(LEASE);
    let verdicts = [verdict(&bed.store().overdue(9).await.unwrap().tasks[0])];
    let (one, two) = tokio::join!(bed.store().reap(&verdicts), other.reap(&verdicts));
    let applied = [MoveOutcome::Applied { status: Status::Submitted }];
    assert_eq!((one.unwrap(), two.unwrap()), (applied.into(), applied.into()));
    let stored = bed.get(1).await;
    assert_eq!((stored.lost, stored.attempts.len()), (1, 1));
}

#[tokio::test]
async fn leases_that_ended_while_nobody_had_the_file_open_wait_and_blame_nobody() {
    let mut bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let claimed = Worker::new(bed.store(), 1).claim(2).await;
    bed.close();
    bed.pass(LEASE * 10);
    bed.reopen().await;
    let until = bed.now().after(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    assert!(overdue.tasks.is_empty());
    assert_eq!(overdue.waiting_until, Some(until));
    let worker = Worker::new(bed.store(), 1);
    assert_eq!(worker.renew(&[&claimed[0]]).await, [Renewed::Kept], "its worker is still there");
    bed.pass(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    assert_eq!(overdue.waiting_until, None);
    let blamed: Vec<_> = overdue.tasks.iter().map(|task| (task.id, task.counts_as_lost)).collect();
    assert!(blamed.contains(&(id(2), false)) && blamed.contains(&(id(1), true)), "{blamed:?}");
    bed.store().reap(&[verdict(overdue.tasks.iter().find(|task| task.id == id(2)).unwrap())]).await.unwrap();
    assert_eq!(bed.get(2).await.lost, 0);
}

#[tokio::test]
async fn a_lease_that_ends_after_a_quick_restart_counts() {
    let mut bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    Worker::new(bed.store(), 1).claim_one().await;
    bed.close();
    bed.pass(Duration::from_secs(1));
    bed.reopen().await;
    bed.pass(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    assert!(overdue.tasks[0].counts_as_lost, "or a task that kills its process would run for ever");
}

#[tokio::test]
async fn a_second_process_that_comes_later_is_no_restart() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    Worker::new(bed.store(), 1).claim_one().await;
    bed.pass(LEASE);
    let other = bed.open().await;
    let overdue = other.overdue(9).await.unwrap();
    assert!(overdue.tasks[0].counts_as_lost);
}

#[tokio::test]
async fn only_leases_that_ended_while_the_machine_was_suspended_are_excused() {
    let bed = Bed::new().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    worker.claim_one().await;
    bed.pass(LEASE);
    worker.claim_one().await;
    let since = bed.now();
    bed.pass(LEASE * 100);
    bed.store().step("test", AfterSuspension { since }).await.unwrap();
    assert_eq!(bed.store().overdue(9).await.unwrap().waiting_until, Some(bed.now().after(LEASE)));
    bed.pass(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    let blamed: Vec<_> = overdue.tasks.iter().map(|task| (task.id, task.counts_as_lost)).collect();
    assert_eq!(blamed, [(id(1), true), (id(2), false)]);
}
