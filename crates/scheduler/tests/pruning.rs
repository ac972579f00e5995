use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jobbers_core::lifecycle::{Outcome, after_attempt};
use jobbers_core::model::{DeadLetter, EndDetail, EndKind, Policy, Status, Task, TaskId, When, WorkerId};
use jobbers_core::store::sqlite::Clock;
use jobbers_core::store::{Finish, Turn};
use jobbers_scheduler::{Retention, SchedulerSettings};
use tokio::time::{sleep, timeout};

use crate::place::{PATIENCE, Place};

const LEASE: Duration = Duration::from_secs(3600);
const RETENTION: Duration = Duration::from_secs(1);

fn settings(retention: Retention) -> SchedulerSettings {
    SchedulerSettings { retention, ..SchedulerSettings::default() }
}

/// A task that has failed, as a dead letter or not.
async fn failed(place: &Place, number: u8, dead_letter: DeadLetter) -> TaskId {
    let id = place.submit("default", When::Now).await;
    let worker = WorkerId::from_bytes([number; 8]);
    let task = place.claim(1, worker, LEASE).await.unwrap();
    let detail = EndDetail { kind: EndKind::Failed, error: "boom".into(), error_type: "Error".into(), backtrace: None };
    let policy = Policy { dead_letter, ..Policy::default() };
    let transition = after_attempt(&policy, 0, Outcome::Failed(detail), 0.0, 0.0);
    let finishes = vec![Finish { id: task.id, token: task.token, transition }];
    let turn =
        Turn { worker, sequence: 2, lease: LEASE, finishes, stopped: Vec::new(), claim: None, was_parked: false };
    place.stores.tasks.turn(&turn).await.unwrap();
    assert_eq!((task.id, place.get(id).await.status), (id, Status::Failed));
    id
}

async fn known(place: &Place, id: TaskId) -> Option<Task> {
    place.stores.tasks.get(id).await.unwrap()
}

async fn until_gone(place: &Place, id: TaskId) {
    timeout(PATIENCE, async {
        while known(place, id).await.is_some() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap_or_else(|_| panic!("task {id} was not removed"));
}

#[tokio::test]
async fn ended_tasks_are_removed_after_the_retention_and_dead_letters_never() {
    let place = Place::new().await;
    let dead = failed(&place, 1, DeadLetter::Save).await;
    let old = failed(&place, 2, DeadLetter::None).await;
    let waits = place.submit("default", When::Now).await;
    place.store.fail(3);
    let scheduler = place.schedule(settings(Retention::For(RETENTION)));
    let ended = place.get(old).await.ended_at.unwrap();
    until_gone(&place, old).await;
    let kept = place.stores.tasks.now().await.unwrap().since(ended);
    assert!(kept >= RETENTION, "{kept:?}");
    assert_eq!(place.get(dead).await.status, Status::Failed);
    assert_eq!(place.get(waits).await.status, Status::Submitted);
    scheduler.stop().await;
}

#[tokio::test]
async fn many_old_tasks_are_removed_by_two_schedulers() {
    const TASKS: usize = 1000;
    const DAY: u64 = 86_400_000;
    let clock = Arc::new(AtomicU64::new(DAY));
    let place = Place::by(Clock::Manual(clock.clone())).await;
    let mut ids = Vec::new();
    for _ in 0..TASKS {
        ids.push(place.submit("default", When::Now).await);
    }
    for batch in ids.chunks(500) {
        place.stores.tasks.cancel_all(batch).await.unwrap();
    }
    clock.store(2 * DAY, Ordering::SeqCst);
    // They look about once a minute: one look must be enough.
    let schedulers = [1, 2].map(|_| place.schedule(settings(Retention::For(Duration::from_secs(3600)))));
    for id in ids {
        until_gone(&place, id).await;
    }
    for scheduler in schedulers {
        scheduler.stop().await;
    }
}

#[tokio::test]
async fn with_a_retention_of_0_ended_tasks_are_kept() {
    let place = Place::new().await;
    let old = failed(&place, 1, DeadLetter::None).await;
    let scheduler = place.schedule(settings(Retention::ForEver));
    let sign = place.submit("sign", When::After(RETENTION * 2)).await;
    place.until(sign, Status::Submitted).await;
    assert_eq!(place.get(old).await.status, Status::Failed);
    scheduler.stop().await;
}
