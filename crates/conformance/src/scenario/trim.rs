//! Entries of queues behind which no task waits. Stores differ in which of these they leave, if any: none is missed by
//! those who do wait.

use std::time::Duration;

use jobbers_core::store::{Resubmit, SharedStore, Sweep, Trim, Trimmed};

use super::{submit, submit_all};
use crate::Environment;
use crate::cleaner::{REHEARSAL, WALK};
use crate::sample::{id, task, tasks};
use crate::worker::Worker;

/// Walks over all entries; answers how many were left by tasks that are gone, and by tasks that do not wait there.
async fn trim(store: &SharedStore, sweep: Sweep) -> (usize, usize) {
    let mut trim = Trim { since: None, until: None, sweep };
    let (mut all_gone, mut all_dead) = (0, 0);
    for _ in 0..1_000 {
        let Trimmed { gone, dead, next, .. } = store.trim(&trim).await.expect("trim");
        all_gone += gone;
        all_dead += dead;
        if next.is_none() {
            return (all_gone, all_dead);
        }
        trim.sweep.after = next;
    }
    panic!("{trim:?} does not end");
}

/// A queue in which 300 of 600 tasks wait, in order, and the others have left in each way.
async fn leave(env: &Environment) {
    submit_all(env.store(), &tasks(0..600)).await;
    let of = |rest: u64| (0..600).filter(|n| n % 6 == rest).map(id).collect::<Vec<_>>();
    let (cancelled, forgotten, again) = (of(0), of(1), of(2));
    for ids in [&cancelled, &forgotten, &again] {
        env.store().cancel_all(ids).await.expect("cancel_all");
    }
    env.store().forget(&forgotten).await.expect("forget");
    let resubmit = Resubmit { ids: again.clone(), reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    env.store().cancel_all(&again).await.expect("cancel_all");
    env.advance(Duration::from_secs(1)).await;
}

pub async fn no_waiting_task_loses_its_place(env: &Environment) {
    leave(env).await;
    trim(env.store(), Sweep { limit: 50, ..WALK }).await;
    assert_eq!(env.store().counts().await.expect("counts")[0].waiting, 300);
    submit(env.store(), task(600)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    let expected: Vec<_> = (0..601).filter(|n| n % 6 > 2 || *n == 600).map(id).collect();
    assert_eq!(claimed, expected);
}

pub async fn what_was_trimmed_is_not_found_again(env: &Environment) {
    leave(env).await;
    let rehearsed = trim(env.store(), Sweep { limit: 50, ..REHEARSAL }).await;
    assert_eq!(trim(env.store(), Sweep { limit: 50, ..REHEARSAL }).await, rehearsed, "a rehearsal changes nothing");
    assert_eq!(trim(env.store(), Sweep { limit: 50, ..WALK }).await, rehearsed);
    assert_eq!(trim(&env.other().await, WALK).await, (0, 0));
}

pub async fn tasks_that_wait_again_after_a_trim_wait_once(env: &Environment) {
    leave(env).await;
    trim(env.store(), WALK).await;
    let again: Vec<_> = (0..600).filter(|n| n % 6 == 2).map(id).collect();
    let resubmit = Resubmit { ids: again.clone(), reset_failures: true, only_dead: false, request: [2; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    assert_eq!(trim(env.store(), REHEARSAL).await, (0, 0));
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed.len(), 400);
    assert_eq!(claimed[300..], again, "at the tail of their lane");
}
