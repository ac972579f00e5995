use std::time::Duration;

use jobbers_core::model::{ProcessInfo, ProcessKind, Status, TaskType, When, WorkerId};
use jobbers_scheduler::{SchedulerSettings, UnknownTaskGrace};
use tokio::time::{sleep, timeout};

use crate::place::{PATIENCE, Place};

const GRACE: Duration = Duration::from_millis(600);

fn settings(grace: UnknownTaskGrace) -> SchedulerSettings {
    SchedulerSettings { unknown_task_grace: grace, ..SchedulerSettings::default() }
}

/// A worker that consumes the queue `default`, as it says of itself.
async fn announce(place: &Place, number: u8, types: &[&str]) {
    let process = ProcessInfo {
        id: WorkerId::from_bytes([number; 8]),
        kind: ProcessKind::Worker,
        host: "host".to_owned(),
        pid: 1,
        role: Some("default".to_owned()),
        queues: vec!["default".to_owned()],
        slots: 1,
        types: types.iter().map(|name| TaskType::new(*name, 1)).collect(),
        version: "0".to_owned(),
        started_at: place.stores.tasks.now().await.unwrap(),
        load: None,
    };
    place.stores.tasks.announce(&process, Duration::from_secs(3600)).await.unwrap();
}

#[tokio::test]
async fn a_task_that_no_worker_knows_is_dropped_after_the_grace() {
    let place = Place::new().await;
    announce(&place, 1, &["other"]).await;
    let scheduler = place.schedule(settings(UnknownTaskGrace::After(GRACE)));
    let id = place.submit("default", When::Now).await;
    let elsewhere = place.submit("elsewhere", When::Now).await;
    let task = place.until(id, Status::Dropped).await;
    let waited = task.ended_at.unwrap().since(task.submitted_at);
    assert!(waited >= GRACE, "{waited:?}");
    assert_eq!(place.get(elsewhere).await.status, Status::Submitted, "nobody consumes its queue");
    scheduler.stop().await;
}

#[tokio::test]
async fn a_task_that_a_new_worker_knows_is_kept() {
    let place = Place::new().await;
    announce(&place, 1, &["other"]).await;
    let scheduler = place.schedule(settings(UnknownTaskGrace::After(GRACE)));
    let id = place.submit("default", When::Now).await;
    sleep(GRACE / 2).await;
    announce(&place, 2, &["report"]).await;
    // One of another type, submitted later, is dropped: by then the first would have been dropped as well.
    let unknown = place.submit_type("unknown").await;
    place.until(unknown, Status::Dropped).await;
    assert_eq!(place.get(id).await.status, Status::Submitted);
    scheduler.stop().await;
}

#[tokio::test]
async fn what_waits_for_a_worker_that_is_started_anew_is_kept() {
    let place = Place::new().await;
    announce(&place, 1, &["other"]).await;
    announce(&place, 2, &["report"]).await;
    let id = place.submit("default", When::Now).await;
    let scheduler = place.schedule(settings(UnknownTaskGrace::After(GRACE)));
    // Longer than the task has to wait before it may be dropped.
    let marker = place.submit_type("unknown").await;
    place.until(marker, Status::Dropped).await;
    place.stores.tasks.retire(WorkerId::from_bytes([2; 8])).await.unwrap();
    let looks = place.store.looks();
    timeout(PATIENCE, async {
        while place.store.looks() < looks + 2 {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    announce(&place, 3, &["report"]).await;
    assert_eq!(place.get(id).await.status, Status::Submitted);
    scheduler.stop().await;
}

#[tokio::test]
async fn without_workers_and_with_a_grace_of_never_nothing_is_dropped() {
    for (grace, number) in [(UnknownTaskGrace::After(GRACE), 0), (UnknownTaskGrace::Never, 1)] {
        let place = Place::new().await;
        if number > 0 {
            announce(&place, number, &[]).await;
        }
        let id = place.submit("default", When::Now).await;
        let scheduler = place.schedule(settings(grace));
        // Due after the time in which it would have been dropped.
        let sign = place.submit("sign", When::After(GRACE * 3)).await;
        place.until(sign, Status::Submitted).await;
        assert_eq!(place.get(id).await.status, Status::Submitted, "{grace:?}");
        scheduler.stop().await;
    }
}

#[tokio::test]
async fn a_store_that_is_away_does_not_keep_unknown_tasks_for_ever() {
    let place = Place::new().await;
    announce(&place, 1, &[]).await;
    let id = place.submit("default", When::Now).await;
    place.store.fail(8);
    let scheduler = place.schedule(settings(UnknownTaskGrace::After(GRACE)));
    place.until(id, Status::Dropped).await;
    assert!(!place.store.fails());
    scheduler.stop().await;
}
