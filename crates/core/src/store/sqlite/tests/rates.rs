use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest::prelude::*;

use super::bed::{Bed, LEASE, START, Worker, completed, finish, limited, process, task};
use crate::model::{NewTask, Period, RateLimit, Timestamp};
use crate::store::sqlite::SqliteStore;
use crate::store::{Allowance, Claim, Directory as _, QueueSlots, Statistics as _};

fn per(numerator: u32, denominator: u32, period: Period) -> RateLimit {
    RateLimit { numerator, denominator, period }
}

fn rated(rate: RateLimit) -> QueueSlots {
    limited(None, Some(rate))
}

async fn buckets(store: &SqliteStore) -> i64 {
    let mut db = store.reader("test").await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM rate_buckets").fetch_one(&mut *db).await.unwrap()
}

/// The most starts in any window.
fn most(starts: &[u64], window: u64) -> usize {
    let mut starts = starts.to_vec();
    starts.sort_unstable();
    let within = |from: &u64| starts.iter().filter(|start| (*from..from + window).contains(*start)).count();
    starts.iter().map(within).max().unwrap_or_default()
}

#[tokio::test]
async fn no_more_start_than_the_limit_lets_over_all_workers_and_the_reply_says_when_the_next_one_may() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.submit(&(0..30).map(task).collect::<Vec<_>>()).await;
    let mut one = Worker::new(bed.store(), 1);
    let mut two = Worker::new(&other, 2);
    let rate = per(5, 10, Period::Second);
    let reply = one.claim_from(rated(rate), 3).await;
    assert_eq!((reply.claimed.len(), reply.parked, reply.next_slot), (3, false, None));
    let first = bed.now();
    bed.pass(Duration::from_secs(4));
    let claim = Claim { queues: vec![rated(rate)], ..two.claim_of(9) };
    let turn = two.next_turn(Vec::new(), Some(claim));
    let reply = two.send(&turn).await;
    let reopens = first.after(Duration::from_secs(10));
    let next = Some(reopens);
    assert_eq!((reply.claimed.len(), reply.parked, reply.next_slot), (2, true, next));
    let again = two.send(&turn).await;
    assert_eq!((again.claimed, again.parked, again.next_slot), (reply.claimed, true, next));
    bed.clock.store(reopens.as_millis() - 1, Ordering::SeqCst);
    let reply = one.claim_from(rated(rate), 9).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, next));
    bed.pass(Duration::from_millis(1));
    let reply = one.claim_from(rated(rate), 9).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (3, Some(first.after(Duration::from_secs(14)))));
    let reply = one.claim_from(QueueSlots { free: 0, ..rated(rate) }, 9).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (0, None), "it is not the limit that holds these back");
}

#[tokio::test]
async fn a_changed_limit_holds_at_once() {
    let bed = Bed::new().await;
    bed.submit(&(0..400).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut got = async |rate: Option<RateLimit>| {
        let reply = worker.claim_from(limited(None, rate), 50).await;
        (reply.claimed.len(), reply.next_slot)
    };
    let start = bed.now();
    let after = |seconds| Some(start.after(Duration::from_secs(seconds)));
    assert_eq!(got(Some(per(10, 1, Period::Minute))).await, (10, after(60)));
    bed.pass(Duration::from_secs(10));
    assert_eq!(got(Some(per(15, 1, Period::Minute))).await, (5, after(60)));
    assert_eq!(got(Some(per(6, 1, Period::Minute))).await, (0, after(60)));
    assert_eq!(got(Some(per(5, 1, Period::Minute))).await, (0, after(70)), "all but four have to leave the window");
    assert_eq!(got(Some(per(15, 2, Period::Minute))).await, (0, after(120)));
    assert_eq!(got(Some(per(0, 1, Period::Minute))).await, (0, None));
    assert_eq!(got(Some(per(15, 1, Period::Second))).await, (10, after(11)));
    assert_eq!(got(None).await, (50, None));
}

#[tokio::test]
async fn a_limited_queue_holds_up_no_other_queue() {
    let bed = Bed::new().await;
    let mut tasks: Vec<NewTask> = (0..10).map(|number| NewTask { priority: 0, ..task(number) }).collect();
    tasks.extend((10..14).map(|number| NewTask { queue: "other".into(), priority: 9, ..task(number) }));
    bed.submit(&tasks).await;
    let mut worker = Worker::new(bed.store(), 1);
    let other = QueueSlots { queue: "other".into(), free: 500, ..QueueSlots::default() };
    let claim = Claim { queues: vec![rated(per(1, 1, Period::Minute)), other], ..worker.claim_of(9) };
    let reply = worker.turn(Vec::new(), Some(claim)).await;
    assert_eq!(reply.claimed.iter().filter(|task| task.queue == "other").count(), 4);
    assert_eq!((reply.claimed.len(), reply.next_slot), (5, Some(bed.now().after(Duration::from_secs(60)))));
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_close_a_queue_for_longer_than_its_window() {
    let bed = Bed::new().await;
    bed.submit(&(0..9).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let rate = per(2, 1, Period::Minute);
    assert_eq!(worker.claim_from(rated(rate), 9).await.claimed.len(), 2);
    bed.clock.store(START - 60_000, Ordering::SeqCst);
    assert_eq!(worker.claim_from(rated(rate), 9).await.claimed, []);
    bed.clock.store(START - 60_001, Ordering::SeqCst);
    let reply = worker.claim_from(rated(rate), 9).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (2, Some(Timestamp::from_millis(START - 1))));
    assert_eq!(buckets(bed.store()).await, 1);
}

#[tokio::test]
async fn tasks_that_have_expired_are_not_held_back_by_a_limit() {
    let bed = Bed::new().await;
    let expires_at = Some(bed.now().after(Duration::from_secs(1)));
    bed.submit(&[task(1), NewTask { expires_at, ..task(2) }]).await;
    let mut worker = Worker::new(bed.store(), 1);
    bed.pass(Duration::from_secs(1));
    let reply = worker.claim_from(rated(per(1, 1, Period::Minute)), 9).await;
    assert_eq!((reply.claimed.len(), reply.next_slot), (1, None));
}

#[tokio::test]
async fn starts_are_kept_in_a_thousand_buckets_and_not_for_ever() {
    let bed = Bed::new().await;
    let tasks: Vec<NewTask> = (0..6_000).map(task).collect();
    for tasks in tasks.chunks(500) {
        bed.submit(tasks).await;
    }
    let mut worker = Worker::new(bed.store(), 1);
    let rate = per(50_000, 1, Period::Second);
    for _ in 0..1_500 {
        let reply = worker.claim_from(rated(rate), 4).await;
        worker.turn(reply.claimed.iter().map(|task| finish(task, completed())).collect(), None).await;
        bed.pass(Duration::from_millis(1));
    }
    assert!((1_000..=1_050).contains(&buckets(bed.store()).await));
    bed.store().announce(&process(1), LEASE).await.unwrap();
    assert!(buckets(bed.store()).await >= 1_000, "a longer limit may be set");
    bed.pass(Duration::from_secs(27 * 3_600));
    bed.store().announce(&process(1), LEASE).await.unwrap();
    assert_eq!(buckets(bed.store()).await, 0);
}

#[tokio::test]
async fn what_a_limit_leaves_can_be_asked_for() {
    let bed = Bed::new().await;
    bed.submit(&(0..9).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 1);
    let rate = per(3, 1, Period::Minute);
    let allowance =
        async |rate| bed.store().standing(super::bed::id(8), Some(rate)).await.unwrap().unwrap().allowance.unwrap();
    assert_eq!(allowance(rate).await, Allowance { left: 3, next: None });
    worker.claim_from(rated(rate), 2).await;
    assert_eq!(allowance(rate).await, Allowance { left: 1, next: None });
    worker.claim_from(rated(rate), 2).await;
    let next = Some(bed.now().after(Duration::from_secs(60)));
    assert_eq!(allowance(rate).await, Allowance { left: 0, next });
    assert_eq!(allowance(per(0, 1, Period::Minute)).await, Allowance { left: 0, next: None });
    bed.pass(Duration::from_secs(60));
    assert_eq!(allowance(rate).await, Allowance { left: 3, next: None });
}

#[tokio::test]
async fn steady_claims_get_nearly_all_that_the_limit_lets() {
    let bed = Bed::new().await;
    let rate = per(40, 1, Period::Second);
    let mut worker = Worker::new(bed.store(), 1);
    let mut starts = Vec::new();
    for step in 0..1_000 {
        bed.submit(&[task(step)]).await;
        let reply = worker.claim_from(rated(rate), 3).await;
        starts.extend(reply.claimed.iter().map(|task| task.started_at.as_millis()));
        worker.turn(reply.claimed.iter().map(|task| finish(task, completed())).collect(), None).await;
        bed.pass(Duration::from_millis(7));
    }
    assert_eq!(most(&starts, 1_000), 40);
    assert!(starts.len() >= 266, "{} of 280 in seven seconds", starts.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_window_has_more_starts_than_the_limit(
        numerator in 1u32..12,
        denominator in 1u32..4,
        steps in prop::collection::vec((0u64..900, 1u32..6, any::<bool>()), 1..90),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bed = Bed::new().await;
            bed.submit(&(0..400).map(task).collect::<Vec<_>>()).await;
            let rate = per(numerator, denominator, Period::Second);
            let mut workers = [Worker::new(bed.store(), 1), Worker::new(bed.store(), 2)];
            let mut starts = Vec::new();
            for (pass, tasks, which) in steps {
                bed.pass(Duration::from_millis(pass));
                let reply = workers[usize::from(which)].claim_from(rated(rate), tasks).await;
                starts.extend(reply.claimed.iter().map(|task| task.started_at.as_millis()));
                if let Some(next) = reply.next_slot {
                    // One may start then, and not before.
                    prop_assert!(next > bed.now() && reply.claimed.len() < tasks as usize);
                    bed.clock.store(next.as_millis(), Ordering::SeqCst);
                    let reply = workers[0].claim_from(rated(rate), 1).await;
                    prop_assert_eq!(reply.claimed.len(), 1);
                    starts.extend(reply.claimed.iter().map(|task| task.started_at.as_millis()));
                }
            }
            prop_assert!(most(&starts, u64::from(denominator) * 1_000) <= numerator as usize);
            Ok(())
        })?;
    }
}
