//! A rate limit holds tasks back: the store says until when, the worker asks again then.

use std::time::Duration;

use jobbers_core::model::Queue;
use tokio::time::{Instant, sleep};

use super::rig::{Rig, queue};

/// Shorter than the pause after which a worker asks anyway.
const HELD: Duration = Duration::from_millis(700);

fn held(for_time: Duration) -> Rig {
    let rig = Rig::start(2, None);
    rig.store.lock().held_until = Some(Instant::now() + for_time);
    rig.store.submit("quick", 1);
    rig
}

#[tokio::test(start_paused = true)]
async fn it_asks_again_when_the_next_task_may_start_and_not_before() {
    for unparked in [false, true] {
        let rig = held(HELD);
        rig.store.lock().holds_unparked = unparked;
        let began = Instant::now();
        rig.until(|store| store.claimed == 1).await;
        assert!((HELD..HELD + Duration::from_millis(5)).contains(&began.elapsed()), "{:?}", began.elapsed());
        assert_eq!(rig.store.lock().turns.len(), 2, "once to be told, once to claim");
        rig.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_else_happens_makes_it_ask_sooner() {
    const PART: Duration = Duration::from_millis(200);
    for by_change in [true, false] {
        let rig = held(HELD);
        rig.until(|store| store.turns.len() == 1).await;
        sleep(PART).await;
        rig.store.lock().held_until = None;
        let changed = Instant::now();
        if by_change {
            rig.configure(vec![Queue { max_concurrent: Some(10), ..queue("default") }]);
        } else {
            rig.wake.notify_one();
        }
        rig.until(|store| store.claimed == 1).await;
        assert!(changed.elapsed() <= Duration::from_millis(2), "{:?}", changed.elapsed());
        // The time that was told before means nothing any more: this is when the regular question comes.
        rig.until(|store| store.turns.len() == 4).await;
        let store = rig.stop().await;
        let store = store.lock();
        let last = store.turned_at[3] - store.turned_at[2];
        assert!(last >= Duration::from_millis(990), "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_waits_for_a_rate_limit_asks_no_more_often_than_an_idle_one() {
    for unparked in [false, true] {
        let rig = held(Duration::from_secs(3600));
        rig.store.lock().holds_unparked = unparked;
        sleep(Duration::from_secs(20)).await;
        let turns = rig.store.lock().turns.len();
        assert!((18..=22).contains(&turns), "{turns} turns");
        rig.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_that_passes_while_all_slots_are_taken_asks_for_nothing() {
    let rig = Rig::start(1, None);
    rig.store.submit("goes_on", 1);
    rig.until(|store| store.claimed == 1).await;
    rig.store.lock().held_until = Some(Instant::now() + HELD);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(rig.store.lock().turns.len(), 1);
    rig.stop().await;
}
