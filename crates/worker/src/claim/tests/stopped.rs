//! Attempts that were taken away: what they occupied is given up when their code has stopped, and not before.

use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::{TaskId, Token};
use tokio::time::sleep;

use super::rig::Rig;
use crate::attempt::Attempt;
use crate::claim::LoopEnd;
use crate::fake::Inner;

/// What was said to have stopped, in all turns with a number of their own.
fn stopped(store: &Inner) -> Vec<(TaskId, Token)> {
    let mut turns = store.turns.clone();
    turns.dedup_by_key(|turn| turn.sequence);
    turns.into_iter().flat_map(|turn| turn.stopped).collect()
}

fn name(attempt: &Arc<Attempt>) -> (TaskId, Token) {
    (attempt.task().id, attempt.task().token)
}

async fn one_running(rig: &Rig, task: &str) -> Arc<Attempt> {
    rig.store.submit(task, 1);
    rig.until(|store| store.claimed == 1).await;
    rig.running.snapshot().remove(0)
}

#[tokio::test(start_paused = true)]
async fn it_is_said_once_also_when_the_answer_is_lost() {
    let rig = Rig::start(1, None);
    let attempt = one_running(&rig, "stops").await;
    assert_eq!(stopped(&rig.store.lock()), []);
    {
        let mut store = rig.store.lock();
        store.failures = 3;
        store.happens_all_the_same = true;
    }
    assert!(rig.running.take_away(&attempt));
    rig.until(|store| store.failures == 0).await;
    rig.store.submit("quick", 5);
    rig.until(|store| store.finished.len() == 5).await;
    let store = rig.stop().await;
    let store = store.lock();
    assert_eq!(stopped(&store), [name(&attempt)]);
    let with: Vec<_> = store.turns.iter().filter(|turn| !turn.stopped.is_empty()).collect();
    assert_eq!(with.len(), 4, "the very same turn again and again");
    assert!(with.iter().all(|turn| turn.claim.is_some()), "the slot is free: something else is claimed with it");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_claims_nothing_says_it_in_a_turn_of_its_own() {
    let rig = Rig::start(1, None);
    let attempt = one_running(&rig, "stops").await;
    rig.drain.cancel();
    sleep(Duration::from_secs(1)).await;
    assert!(rig.running.take_away(&attempt));
    let (end, store) = rig.end().await;
    assert!(matches!(end, LoopEnd::Drained(_)), "{end:?}");
    let store = store.lock();
    let last = store.turns.last().unwrap();
    assert_eq!(last.stopped, [name(&attempt)]);
    assert!(last.claim.is_none() && last.finishes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_end_that_comes_too_late_is_followed_by_it() {
    let rig = Rig::start(1, None);
    let attempt = one_running(&rig, "quick").await;
    // Taken away, but the worker has not heard of it when the code ends.
    rig.store.lock().taken.insert(attempt.task().token);
    rig.until(|store| !stopped(store).is_empty()).await;
    sleep(Duration::from_secs(3)).await;
    let store = rig.stop().await;
    let store = store.lock();
    let ended = store.turns.iter().position(|turn| !turn.finishes.is_empty()).unwrap();
    assert_eq!(store.turns[ended + 1].stopped, [name(&attempt)]);
    assert_eq!(stopped(&store).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn code_that_goes_on_is_still_renewed_and_not_said_to_have_stopped() {
    let deaf = Arc::new(super::stuck::Deaf::default());
    let rig = Rig::with(deaf.clone(), 2, None, None);
    let attempt = one_running(&rig, "deaf").await;
    assert!(rig.running.take_away(&attempt));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(stopped(&rig.store.lock()), []);
    assert_eq!(rig.running.snapshot().len(), 1, "the renewal names it, so that its place is kept");
    deaf.end_all();
    rig.until(|store| stopped(store) == [name(&attempt)]).await;
    assert!(rig.running.snapshot().is_empty());
    rig.stop().await;
}
