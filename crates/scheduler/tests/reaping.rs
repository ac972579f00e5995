use std::sync::atomic::Ordering;
use std::time::Duration;

use jobbers_core::model::{EndKind, Status, When, WorkerId};
use jobbers_scheduler::SchedulerSettings;

use crate::place::Place;

const LEASE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_task_of_a_dead_worker_waits_again_with_the_evidence() {
    let place = Place::new().await;
    let id = place.submit("default", When::Now).await;
    let worker = WorkerId::from_bytes([10; 8]);
    assert_eq!(place.claim(1, worker, LEASE).await.unwrap().id, id);
    let scheduler = place.schedule(SchedulerSettings::default());
    let task = place.until(id, Status::Submitted).await;
    assert_eq!((task.lost, task.failures), (1, 0));
    let end = &task.attempts[0];
    assert_eq!((end.detail.kind, end.worker), (EndKind::Lost, worker));
    assert!(
        end.detail.error.starts_with("worker 0a0a0a0a0a0a0a0a did not renew its lease on attempt 1, which ended at "),
        "{}",
        end.detail.error
    );
    scheduler.stop().await;
}

#[tokio::test]
async fn a_task_under_which_workers_die_fails_in_the_end() {
    let place = Place::new().await;
    let id = place.submit("default", When::Now).await;
    let scheduler = place.schedule(SchedulerSettings::default());
    for _ in 0..3 {
        place.until(id, Status::Submitted).await;
        assert_eq!(place.claim(1, WorkerId::from_bytes(rand::random()), LEASE).await.unwrap().id, id);
    }
    let task = place.until(id, Status::Failed).await;
    assert_eq!((task.lost, task.attempt), (3, 3));
    scheduler.stop().await;
}

#[tokio::test]
async fn a_batch_that_the_store_chokes_on_is_reaped_one_by_one() {
    let place = Place::new().await;
    place.store.chokes.store(true, Ordering::SeqCst);
    let ids = [place.submit("default", When::Now).await, place.submit("default", When::Now).await];
    let worker = WorkerId::from_bytes([10; 8]);
    for sequence in [1, 2] {
        place.claim(sequence, worker, LEASE).await.unwrap();
    }
    let scheduler = place.schedule(SchedulerSettings::default());
    for id in ids {
        place.until(id, Status::Submitted).await;
    }
    scheduler.stop().await;
}

#[tokio::test]
async fn a_task_whose_lease_holds_is_left_alone() {
    let place = Place::new().await;
    let (held, lost) = (place.submit("default", When::Now).await, place.submit("default", When::Now).await);
    let first = place.claim(1, WorkerId::from_bytes([1; 8]), Duration::from_secs(3600)).await.unwrap();
    let second = place.claim(1, WorkerId::from_bytes([2; 8]), LEASE).await.unwrap();
    assert_eq!([first.id, second.id], [held, lost]);
    let scheduler = place.schedule(SchedulerSettings::default());
    place.until(lost, Status::Submitted).await;
    assert_eq!(place.get(held).await.status, Status::Started);
    scheduler.stop().await;
}
