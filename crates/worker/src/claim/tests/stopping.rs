use std::sync::Arc;
use std::time::Duration;

use jobbers_core::lifecycle::{Destination, Position};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::rig::{Rig, destinations, tasks};
use crate::claim::LoopEnd;
use crate::executor::Native;

#[tokio::test(start_paused = true)]
async fn a_worker_that_drains_claims_nothing_and_lets_everything_run_to_its_end() {
    let rig = Rig::start(2, None);
    rig.store.submit("quick", 1);
    rig.store.submit("goes_on", 1);
    rig.store.submit("quick", 3);
    rig.until(|store| store.claimed == 2).await;
    rig.drain.cancel();
    let (end, store) = rig.end().await;
    let LoopEnd::Drained(counts) = end else { panic!("{end:?}") };
    assert_eq!((counts.claimed, counts.completed), (2, 2));
    assert_eq!(store.lock().claimed, 2, "nothing is claimed after it was asked to drain");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_treats_each_task_as_its_policy_says() {
    let rig = Rig::start(3, None);
    rig.store.submit("stops", 1);
    rig.store.submit("hands_back", 1);
    rig.store.submit("goes_on", 1);
    rig.store.submit("quick", 1);
    rig.until(|store| store.claimed == 3).await;
    rig.shutdown.graceful.cancel();
    rig.until(|store| store.finished.len() == 2).await;
    assert!(destinations(&rig.store).contains(&Destination::Stalled));
    assert!(destinations(&rig.store).contains(&Destination::Waiting(Position::Head)));
    let (end, store) = rig.end().await;
    let LoopEnd::Stopped(counts) = end else { panic!("{end:?}") };
    assert_eq!((counts.stalled, counts.handed_back, counts.completed), (1, 1, 1));
    assert_eq!(store.lock().claimed, 3, "nothing is claimed after the signal");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_goes_on_is_handed_back_when_its_grace_is_over() {
    let executor = Arc::new(Native::new(tasks(), Handle::current()));
    let rig = Rig::with(executor, 1, None, Some(Duration::from_secs(5)));
    rig.store.submit("goes_on", 1);
    rig.until(|store| store.claimed == 1).await;
    let asked = Instant::now();
    let store = rig.stop().await;
    assert!((5000..5010).contains(&asked.elapsed().as_millis()), "{:?}", asked.elapsed());
    assert_eq!(destinations(&store), [Destination::Waiting(Position::Head)]);
}

#[tokio::test(start_paused = true)]
async fn tasks_claimed_while_the_worker_is_told_to_stop_are_handed_back_unbegun() {
    let rig = Rig::start(2, None);
    rig.store.submit("quick", 2);
    rig.store.lock().failures = 1;
    rig.store.lock().happens_all_the_same = true;
    rig.until(|store| store.claimed == 2).await;
    let store = rig.stop().await;
    let waiting = Destination::Waiting(Position::Head);
    assert_eq!(destinations(&store), [waiting.clone(), waiting]);
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_ends_a_worker_even_while_the_store_is_away() {
    let rig = Rig::start(1, None);
    rig.store.submit("goes_on", 1);
    rig.until(|store| store.claimed == 1).await;
    rig.store.lock().failures = usize::MAX;
    rig.shutdown.graceful.cancel();
    rig.shutdown.immediate.cancel();
    let (end, _) = rig.end().await;
    assert!(matches!(end, LoopEnd::AtOnce(_)), "{end:?}");
}
