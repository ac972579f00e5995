//! Queues that are changed while the worker runs.

use std::time::Duration;

use jobbers_core::model::{Period, Queue, RateLimit};
use tokio::time::{Instant, sleep};

use super::rig::{Rig, queue};
use crate::fake::Inner;

const SOON: Duration = Duration::from_millis(2);

/// The queues of the last claim, with what is free in each.
fn claimed_from(store: &Inner) -> Vec<(&str, u32)> {
    let claim = store.turns.last().and_then(|turn| turn.claim.as_ref());
    claim.map_or_else(Vec::new, |claim| claim.queues.iter().map(|slots| (&*slots.queue, slots.free)).collect())
}

#[tokio::test(start_paused = true)]
async fn an_idle_worker_claims_at_once_from_a_queue_that_is_new_in_its_role() {
    let rig = Rig::start(3, None);
    rig.until(|store| store.turns.len() == 1).await;
    let changed = Instant::now();
    let rate = Some(RateLimit { numerator: 100, denominator: 2, period: Period::Second });
    let new = Queue { max_concurrent: Some(2), max_concurrent_total: Some(8), rate, ..queue("new") };
    rig.configure(vec![queue("default"), new]);
    rig.until(|store| store.turns.len() == 2).await;
    assert!(changed.elapsed() <= SOON, "{:?}", changed.elapsed());
    {
        let store = rig.store.lock();
        assert_eq!(claimed_from(&store), [("default", 3), ("new", 2)]);
        let slots = &store.turns[1].claim.as_ref().unwrap().queues[1];
        assert_eq!((slots.total, slots.rate), (Some(8), rate));
    }
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_loses_a_queue_is_not_woken_for_it_any_more() {
    let rig = Rig::start(3, None);
    rig.configure(vec![queue("a"), queue("b")]);
    rig.until(|store| store.turns.len() == 1).await;
    rig.configure(vec![queue("b")]);
    rig.until(|store| store.turns.len() == 2).await;
    assert_eq!(claimed_from(&rig.store.lock()), [("b", 3), ("a", 0)], "it says that it leaves the queue");
    rig.configure(vec![]);
    rig.until(|store| store.turns.len() == 3).await;
    {
        let store = rig.store.lock();
        assert_eq!((claimed_from(&store), store.turns[2].claim.as_ref().unwrap().tasks), (vec![("b", 0)], 0));
    }
    sleep(Duration::from_secs(60)).await;
    assert_eq!(rig.store.lock().turns.len(), 3, "without a queue there is nothing to ask for");
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_claimed_from_a_paused_queue_what_runs_goes_on_and_a_resumed_one_is_asked_at_once() {
    let rig = Rig::start(2, None);
    rig.store.submit("goes_on", 1);
    rig.until(|store| store.claimed == 1).await;
    rig.configure(vec![Queue { paused: true, ..queue("default") }]);
    rig.store.submit("quick", 1);
    rig.wake.notify_one();
    // The task that runs takes a minute.
    rig.until(|store| store.finished.len() == 1).await;
    sleep(Duration::from_secs(10)).await;
    {
        let store = rig.store.lock();
        assert_eq!(store.claimed, 1);
        assert!(store.turns.len() < 5, "{} turns", store.turns.len());
    }
    let resumed = Instant::now();
    rig.configure(vec![queue("default")]);
    rig.until(|store| store.claimed == 2).await;
    assert!(resumed.elapsed() <= SOON, "{:?}", resumed.elapsed());
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_is_raised_counts_at_once_and_a_lowered_one_stops_nothing_that_runs() {
    let limited = |limit| vec![Queue { max_concurrent: Some(limit), ..queue("default") }];
    let rig = Rig::start(5, None);
    rig.configure(limited(1));
    rig.store.submit("goes_on", 1);
    rig.until(|store| store.claimed == 1).await;
    rig.store.submit("stops", 2);
    rig.wake.notify_one();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(rig.store.lock().claimed, 1);
    let raised = Instant::now();
    rig.configure(limited(3));
    rig.until(|store| store.claimed == 3).await;
    assert!(raised.elapsed() <= SOON, "{:?}", raised.elapsed());
    rig.configure(limited(2));
    rig.store.submit("quick", 1);
    // One has ended after a minute: as many run as may.
    rig.until(|store| store.finished.len() == 1).await;
    sleep(Duration::from_secs(10)).await;
    let store = rig.stop().await;
    assert_eq!(store.lock().claimed, 3);
}
