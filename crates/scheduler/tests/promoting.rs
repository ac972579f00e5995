use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jobbers_core::model::{ProcessKind, Status, Timestamp, When};
use jobbers_scheduler::SchedulerSettings;
use tokio::time::{sleep, timeout};

use crate::place::{PATIENCE, Place};

#[tokio::test]
async fn tasks_are_promoted_when_they_are_due_and_not_before() {
    let place = Place::new().await;
    let scheduler = place.schedule(SchedulerSettings::default());
    let later = place.submit("default", When::After(Duration::from_secs(3600))).await;
    let mut soon = Vec::new();
    for _ in 0..20 {
        soon.push(place.submit("default", When::After(Duration::from_millis(200))).await);
    }
    for id in soon {
        let due = place.get(id).await.run_at;
        let task = place.until(id, Status::Submitted).await;
        let now = place.stores.tasks.now().await.unwrap();
        assert!(due.is_none_or(|due| now >= due), "{task:?} at {now}");
    }
    assert_eq!(place.get(later).await.status, Status::Scheduled);
    scheduler.stop().await;
}

#[tokio::test]
async fn only_the_queues_of_its_role_are_promoted() {
    let place = Place::new().await;
    let settings = SchedulerSettings { scheduler_role: Some("default".to_owned()), ..SchedulerSettings::default() };
    let scheduler = place.schedule(settings);
    let other = place.submit("other", When::After(Duration::from_millis(1))).await;
    let own = place.submit("default", When::After(Duration::from_millis(50))).await;
    place.until(own, Status::Submitted).await;
    assert_eq!(place.get(other).await.status, Status::Scheduled);
    scheduler.stop().await;
}

#[tokio::test]
async fn a_store_that_is_away_is_waited_for() {
    let place = Place::new().await;
    place.store.fail(6);
    let id = place.submit("default", When::After(Duration::from_millis(1))).await;
    let scheduler = place.schedule(SchedulerSettings::default());
    place.until(id, Status::Submitted).await;
    assert!(!place.store.fails());
    scheduler.stop().await;
}

#[tokio::test]
async fn tasks_that_do_not_start_in_time_are_cancelled() {
    let place = Place::new().await;
    let now = place.stores.tasks.now().await.unwrap();
    let soon = now.after(Duration::from_millis(100));
    let waits = place.submit_until("default", When::Now, soon).await;
    let scheduled = place.submit_until("default", When::After(Duration::from_secs(3600)), soon).await;
    let later = place.submit_until("default", When::Now, now.after(Duration::from_secs(3600))).await;
    place.store.fail(2);
    let scheduler = place.schedule(SchedulerSettings::default());
    for id in [waits, scheduled] {
        let task = place.until(id, Status::Cancelled).await;
        assert!(task.ended_at.is_some_and(|ended| ended >= soon), "{task:?}");
    }
    assert_eq!(place.get(later).await.status, Status::Submitted);
    scheduler.stop().await;
}

#[tokio::test]
async fn an_idle_scheduler_asks_seldom() {
    let place = Place::new().await;
    let scheduler = place.schedule(SchedulerSettings::default());
    let began = Instant::now();
    timeout(PATIENCE, async {
        while place.store.calls.load(Ordering::SeqCst) < 10 {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    // Six parts look at once, one of them twice, and three of them again after a second at the earliest.
    assert!(began.elapsed() > Duration::from_millis(900), "{:?}", began.elapsed());
    scheduler.stop().await;
}

#[tokio::test]
async fn a_scheduler_appears_among_the_living_and_disappears_when_it_stops() {
    let place = Place::new().await;
    let scheduler = place.schedule(SchedulerSettings::default());
    let live = timeout(PATIENCE, async {
        loop {
            let live = place.stores.tasks.live().await.unwrap();
            if !live.is_empty() {
                return live;
            }
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!((live.len(), live[0].process.kind), (1, ProcessKind::Scheduler));
    assert!(live[0].process.started_at > Timestamp::from_millis(0));
    scheduler.stop().await;
    assert!(place.stores.tasks.live().await.unwrap().is_empty());
}
