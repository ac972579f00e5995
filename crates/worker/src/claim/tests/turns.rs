use std::time::Duration;

use jobbers_core::lifecycle::Destination;
use jobbers_core::model::Status;
use tokio::time::{Instant, timeout};

use super::rig::{Rig, destinations};
use crate::claim::LoopEnd;

#[tokio::test(start_paused = true)]
async fn all_waiting_tasks_run_within_the_slots() {
    let rig = Rig::start(4, None);
    rig.store.submit("quick", 100);
    rig.until(|store| store.finished.len() == 100).await;
    let store = rig.stop().await;
    let store = store.lock();
    assert_eq!(store.most_started, 4);
    assert!(store.finished.iter().all(|finish| finish.transition.destination.status() == Status::Completed));
    // Ends ride along with claims: there are far fewer calls than tasks and ends.
    assert!(store.turns.len() < 60, "{} turns", store.turns.len());
    assert!(store.turns.iter().filter(|turn| !turn.finishes.is_empty()).take(20).all(|turn| turn.claim.is_some()));
}

#[tokio::test(start_paused = true)]
async fn a_type_runs_no_more_often_at_once_than_it_may_and_hides_no_other() {
    let rig = Rig::start(5, None);
    rig.store.submit("limited", 20);
    rig.store.submit("quick", 3);
    rig.until(|store| store.claimed >= 5).await;
    let claimed_first = rig.store.lock().claimed;
    assert_eq!(claimed_first, 5);
    rig.until(|store| store.finished.len() == 23).await;
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_turn_without_an_answer_is_sent_again_as_it_was() {
    for happened in [false, true] {
        let rig = Rig::start(2, None);
        rig.store.submit("quick", 6);
        rig.until(|store| store.claimed == 2).await;
        {
            let mut store = rig.store.lock();
            store.failures = 7;
            store.happens_all_the_same = happened;
        }
        rig.until(|store| store.finished.len() == 6).await;
        let renewal = timeout(Duration::from_secs(1), rig.renew_now.notified()).await;
        assert!(renewal.is_ok(), "what an earlier try claimed is renewed at once");
        let store = rig.stop().await;
        let store = store.lock();
        assert_eq!(store.claimed, 6, "nothing was claimed twice");
        let repeated: Vec<_> = store.turns.windows(2).filter(|two| two[0].sequence == two[1].sequence).collect();
        assert_eq!(repeated.len(), 7);
        for two in repeated {
            assert_eq!(format!("{:?}", two[0]), format!("{:?}", two[1]));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_away_handlers_go_on_and_their_results_are_kept() {
    let rig = Rig::start(3, None);
    rig.store.submit("quick", 10);
    rig.until(|store| store.claimed == 3).await;
    rig.store.lock().failures = 20;
    // All three have ended long before the store is back.
    rig.until(|store| store.failures == 0).await;
    assert_eq!(rig.store.lock().started, 3, "nothing was claimed meanwhile");
    rig.until(|store| store.finished.len() == 10).await;
    let store = rig.stop().await;
    assert_eq!(store.lock().most_started, 3);
}

#[tokio::test(start_paused = true)]
async fn no_more_is_claimed_than_what_is_left_of_its_life() {
    let rig = Rig::start(3, Some(5));
    rig.store.submit("quick", 10);
    let (end, store) = rig.end().await;
    let LoopEnd::Spent(counts) = end else { panic!("{end:?}") };
    assert_eq!((counts.claimed, counts.completed), (5, 5));
    assert_eq!(store.lock().claimed, 5);
}

#[tokio::test(start_paused = true)]
async fn a_lost_signal_costs_a_second_at_most() {
    let rig = Rig::start(1, None);
    rig.until(|store| store.turns.len() == 1).await;
    rig.store.submit("quick", 1);
    let submitted = Instant::now();
    rig.until(|store| store.claimed == 1).await;
    assert!(submitted.elapsed() <= Duration::from_millis(1010), "{:?}", submitted.elapsed());
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_signal_makes_an_idle_worker_claim_at_once() {
    let rig = Rig::start(1, None);
    rig.until(|store| store.turns.len() == 1).await;
    rig.store.submit("quick", 1);
    let submitted = Instant::now();
    rig.wake.notify_one();
    rig.until(|store| store.claimed == 1).await;
    assert!(submitted.elapsed() <= Duration::from_millis(2), "{:?}", submitted.elapsed());
    assert!(rig.store.lock().turns[1].was_parked);
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_interrupted_and_retried() {
    let rig = Rig::start(1, None);
    rig.store.submit("too_slow", 1);
    let began = Instant::now();
    rig.until(|store| store.finished.len() == 1).await;
    assert!((2000..2010).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    let store = rig.stop().await;
    assert_eq!(destinations(&store), [Destination::Scheduled(Duration::ZERO)]);
    let store = store.lock();
    assert_eq!(store.finished[0].transition.end.as_ref().unwrap().error, "timed out after 2 s");
}
