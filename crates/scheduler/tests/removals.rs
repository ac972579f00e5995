use std::time::{Duration, Instant};

use jobbers_core::model::{Queue, Role, Status, Timestamp, When, WorkerId};
use jobbers_core::process::{Shutdown, SqlUrl, Stores};
use jobbers_core::routing::{Removal, RoleOutcome, Routing};
use jobbers_scheduler::SchedulerSettings;
use tokio::time::{sleep, timeout};

use crate::place::{PATIENCE, Place};

/// A removal that was asked for so long ago. A purge, or of a queue that was deleted.
async fn asked(place: &Place, queue: &str, seconds: u64, deleted: bool) -> Removal {
    let now = place.stores.tasks.now().await.unwrap();
    let removal = Removal {
        id: rand::random::<u32>().into(),
        queue: queue.to_owned(),
        before: (!deleted).then_some(now),
        scheduled: deleted,
        started: deleted,
        asked_at: Timestamp::from_millis(now.as_millis() - 1000 * seconds),
    };
    place.stores.routing.add_removal(&removal).await.unwrap();
    removal
}

async fn until_over(routing: &Routing, removal: &Removal) {
    timeout(PATIENCE, async {
        while routing.removals().await.unwrap().contains(removal) {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the removal ends");
}

#[tokio::test]
async fn a_purge_whose_manager_died_is_carried_out_to_its_end() {
    const TASKS: usize = 1_200;
    let place = Place::new().await;
    let mut ids = Vec::new();
    for _ in 0..TASKS {
        ids.push(place.submit("images", When::Now).await);
    }
    let scheduled = place.submit("images", When::After(Duration::from_secs(3600))).await;
    let elsewhere = place.submit("default", When::Now).await;
    let purge = asked(&place, "images", 10, false).await;
    sleep(Duration::from_millis(5)).await;
    let later = place.submit("images", When::Now).await;
    place.store.fail(3);
    let schedulers = [1, 2].map(|_| place.schedule(SchedulerSettings::default()));
    until_over(&place.stores.routing, &purge).await;
    for id in ids {
        assert_eq!(place.get(id).await.status, Status::Cancelled);
    }
    for (id, status) in [(scheduled, Status::Scheduled), (elsewhere, Status::Submitted), (later, Status::Submitted)] {
        assert_eq!(place.get(id).await.status, status, "{id} is not what was to be purged");
    }
    for scheduler in schedulers {
        scheduler.stop().await;
    }
}

#[tokio::test]
async fn who_has_just_asked_is_left_to_do_it_alone() {
    let place = Place::new().await;
    let (young, old) = (place.submit("young", When::Now).await, place.submit("old", When::Now).await);
    let purge = asked(&place, "young", 0, false).await;
    asked(&place, "old", 10, false).await;
    let scheduler = place.schedule(SchedulerSettings::default());
    place.until(old, Status::Cancelled).await;
    let task = place.until(young, Status::Cancelled).await;
    let left = task.ended_at.unwrap().since(purge.asked_at);
    assert!(left >= Duration::from_secs(3), "{left:?}");
    scheduler.stop().await;
}

#[tokio::test]
async fn a_deleted_queue_is_cleared_for_a_minute_whatever_comes() {
    let place = Place::new().await;
    let runs = place.submit("default", When::Now).await;
    assert_eq!(place.claim(1, WorkerId::from_bytes([1; 8]), Duration::from_secs(3600)).await.unwrap().id, runs);
    let waits = place.submit("default", When::Now).await;
    let scheduled = place.submit("default", When::After(Duration::from_secs(3600))).await;
    let (deleted, over) = (asked(&place, "default", 30, true).await, asked(&place, "gone", 61, true).await);
    let scheduler = place.schedule(SchedulerSettings::default());
    for id in [waits, scheduled] {
        place.until(id, Status::Cancelled).await;
    }
    timeout(PATIENCE, async {
        while place.get(runs).await.cancel_requested_at.is_none() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("what runs is asked to stop");
    until_over(&place.stores.routing, &over).await;
    let late = place.submit("default", When::Now).await;
    place.until(late, Status::Cancelled).await;
    assert_eq!(place.stores.routing.removals().await.unwrap(), [deleted], "the minute is not over");
    scheduler.stop().await;
}

#[tokio::test]
async fn what_runs_in_a_queue_that_was_created_anew_is_not_stopped() {
    let place = Place::new().await;
    let lease = Duration::from_secs(3600);
    let queue = Queue { name: "default".to_owned(), ..Queue::default() };
    let old = place.submit("default", When::Now).await;
    place.claim(1, WorkerId::from_bytes([1; 8]), lease).await.unwrap();
    let now = place.stores.tasks.now().await.unwrap();
    let asked_at = Timestamp::from_millis(now.as_millis() - 10_000);
    let (name, routing) = (queue.name.clone(), &place.stores.routing);
    let removal = Removal { id: 7, queue: name, before: None, scheduled: true, started: true, asked_at };
    assert!(routing.delete_queue("default", &removal).await.unwrap());
    assert!(routing.create_queue(&queue, now).await.unwrap());
    sleep(Duration::from_millis(5)).await;
    let new = place.submit("default", When::Now).await;
    assert_eq!(place.claim(1, WorkerId::from_bytes([2; 8]), lease).await.unwrap().id, new);
    let scheduler = place.schedule(SchedulerSettings::default());
    timeout(PATIENCE, async {
        while place.get(old).await.cancel_requested_at.is_none() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("what the deleted queue had left is asked to stop");
    assert_eq!(place.get(new).await.cancel_requested_at, None);
    scheduler.stop().await;
}

#[tokio::test]
async fn a_sql_store_that_is_away_is_waited_for() {
    let place = Place::new().await;
    let (here, away) = (place.folder.path().join("here"), place.folder.path().join("away"));
    std::fs::create_dir(&here).unwrap();
    let url = SqlUrl::Sqlite(here.join("jobbers.db"));
    let stores = Stores { tasks: place.stores.tasks.clone(), routing: Routing::open(&url).await.unwrap() };
    let waits = place.submit("images", When::Now).await;
    let now = place.stores.tasks.now().await.unwrap();
    let purge = Removal {
        id: 7,
        queue: "images".to_owned(),
        before: Some(now),
        scheduled: false,
        started: false,
        asked_at: Timestamp::from_millis(now.as_millis() - 10_000),
    };
    Routing::open(&url).await.unwrap().add_removal(&purge).await.unwrap();
    std::fs::rename(&here, &away).unwrap();
    let shutdown = Shutdown::default();
    let running = tokio::spawn(jobbers_scheduler::run(SchedulerSettings::default(), stores, shutdown.clone()));
    sleep(Duration::from_millis(300)).await;
    assert_eq!(place.get(waits).await.status, Status::Submitted);
    std::fs::rename(&away, &here).unwrap();
    place.until(waits, Status::Cancelled).await;
    until_over(&Routing::open(&url).await.unwrap(), &purge).await;
    shutdown.graceful.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn the_queues_of_its_role_can_be_changed_while_it_runs() {
    let place = Place::new().await;
    let settings = SchedulerSettings { scheduler_role: Some("default".to_owned()), ..SchedulerSettings::default() };
    let scheduler = place.schedule(settings);
    let own = place.submit("default", When::After(Duration::from_millis(1))).await;
    let other = place.submit("other", When::After(Duration::from_millis(1))).await;
    place.until(own, Status::Submitted).await;
    assert_eq!(place.get(other).await.status, Status::Scheduled);
    let (stores, now) = (&place.stores, place.stores.tasks.now().await.unwrap());
    let queue = Queue { name: "other".to_owned(), ..Queue::default() };
    assert!(stores.routing.create_queue(&queue, now).await.unwrap());
    let role = Role { name: "default".to_owned(), queues: vec!["other".to_owned()] };
    assert_eq!(stores.routing.put_role(&role).await.unwrap(), RoleOutcome::Done);
    stores.tasks.tell_routing_changed().await.unwrap();
    let changed = Instant::now();
    place.until(other, Status::Submitted).await;
    assert!(changed.elapsed() < Duration::from_secs(3), "{:?}", changed.elapsed());
    scheduler.stop().await;
}
