//! Who is woken, and who is not, where limits over all workers hold.

use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::bed::{Bed, LEASE, Worker, completed, finish, limited, retried, slots, stall, task, typed, verdict};
use crate::model::{Period, RateLimit};
use crate::store::sqlite::SqliteStore;
use crate::store::{Claim, ClaimedTask, Signals as _, TaskStore as _, TypeSlots, WorkerSignal};

type Waiter = (Worker, Receiver<WorkerSignal>);

fn total(total: u32, worker: &Worker) -> Claim {
    Claim { queues: vec![limited(Some(total), None)], ..worker.claim_of(1) }
}

/// Workers that wait after such a claim, which gets nothing.
async fn waiters(store: &SqliteStore, numbers: std::ops::Range<u8>, claim: impl Fn(&Worker) -> Claim) -> Vec<Waiter> {
    let mut waiters = Vec::new();
    for number in numbers {
        let mut worker = Worker::new(store, number);
        let mut signals = store.worker_signals(worker.id).await.unwrap();
        let claim = claim(&worker);
        let reply = worker.turn(Vec::new(), Some(claim)).await;
        assert!(reply.claimed.is_empty() && reply.parked);
        woken(&mut signals);
        waiters.push((worker, signals));
    }
    waiters
}

/// A store that has had its first look for changes by others, which counts as one and wakes: after it nothing does that is
/// not meant to.
async fn looked() -> Bed {
    let bed = Bed::new().await;
    let mut moves = bed.store().moves().await.unwrap();
    timeout(Duration::from_secs(10), moves.recv()).await.expect("in time").expect("still open");
    bed
}

fn woken(signals: &mut Receiver<WorkerSignal>) -> usize {
    std::iter::from_fn(|| signals.try_recv().ok()).filter(|signal| *signal == WorkerSignal::Claim).count()
}

fn all_woken(waiters: &mut [Waiter]) -> Vec<usize> {
    waiters.iter_mut().map(|(_, signals)| woken(signals)).collect()
}

async fn until_woken(signals: &mut Receiver<WorkerSignal>) {
    let wait = async { while signals.recv().await.expect("still open") != WorkerSignal::Claim {} };
    timeout(Duration::from_secs(10), wait).await.expect("in time");
}

/// A queue in which so many run, and many wait.
async fn full(bed: &Bed, running: u32) -> (Worker, Vec<ClaimedTask>) {
    bed.submit(&(0..20).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 100);
    let claimed = worker.claim(running).await;
    assert_eq!(claimed.len() as u32, running);
    (worker, claimed)
}

#[tokio::test]
async fn as_many_workers_are_woken_as_places_became_free() {
    let bed = looked().await;
    let (mut worker, held) = full(&bed, 3).await;
    let mut waiters = waiters(bed.store(), 1..5, |worker| total(3, worker)).await;
    worker.turn(held[..2].iter().map(|task| finish(task, completed())).collect(), None).await;
    assert_eq!(all_woken(&mut waiters), [1, 1, 0, 0]);
    worker.finish(&held[2], retried(None)).await;
    assert_eq!(all_woken(&mut waiters), [0, 0, 1, 0]);
    let claim = total(3, &waiters[0].0);
    assert_eq!(waiters[0].0.turn(Vec::new(), Some(claim)).await.claimed.len(), 1);
}

#[tokio::test]
async fn nobody_is_woken_for_a_place_that_the_same_turn_takes_again() {
    let bed = looked().await;
    let (mut worker, held) = full(&bed, 2).await;
    let mut waiters = waiters(bed.store(), 1..4, |worker| total(2, worker)).await;
    let claim = total(2, &worker);
    let reply = worker.turn(held.iter().map(|task| finish(task, completed())).collect(), Some(claim)).await;
    assert_eq!((reply.claimed.len(), all_woken(&mut waiters)), (1, vec![1, 0, 0]));
}

#[tokio::test]
async fn what_is_submitted_into_a_full_queue_or_for_a_full_type_wakes_nobody() {
    let bed = looked().await;
    let (mut worker, held) = full(&bed, 2).await;
    let mut in_queue = waiters(bed.store(), 1..3, |worker| total(2, worker)).await;
    let types = |_: &Worker| vec![TypeSlots { total: Some(2), ..slots("echo", 9) }, slots("add", 9)];
    let mut of_type = waiters(bed.store(), 3..5, |worker| Claim { types: types(worker), ..worker.claim_of(1) }).await;
    for number in 100..150 {
        bed.submit(&[task(number)]).await;
    }
    assert_eq!((all_woken(&mut in_queue), all_woken(&mut of_type)), (vec![0, 0], vec![0, 0]));
    bed.submit(&[typed(200, "add")]).await;
    assert_eq!((all_woken(&mut in_queue), all_woken(&mut of_type)), (vec![0, 0], vec![1, 0]), "that type is not full");
    worker.finish(&held[0], completed()).await;
    assert_eq!((all_woken(&mut in_queue), all_woken(&mut of_type)), (vec![1, 0], vec![0, 1]));
}

#[tokio::test]
async fn a_place_goes_to_a_worker_for_whom_a_task_waits() {
    let bed = looked().await;
    let (mut worker, held) = full(&bed, 1).await;
    let other = |worker: &Worker| Claim { types: vec![slots("add", 9)], ..total(1, worker) };
    let mut useless = waiters(bed.store(), 1..3, other).await;
    let mut useful = waiters(bed.store(), 3..4, |worker| total(1, worker)).await;
    worker.finish(&held[0], completed()).await;
    assert_eq!((all_woken(&mut useless), all_woken(&mut useful)), (vec![0, 0], vec![1]));
}

#[tokio::test]
async fn a_place_for_which_no_task_waits_is_known_to_one_worker_when_one_comes() {
    let bed = looked().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 100);
    let held = worker.claim_one().await;
    let mut waiters = waiters(bed.store(), 1..3, |worker| total(1, worker)).await;
    worker.finish(&held, completed()).await;
    assert_eq!(all_woken(&mut waiters), [1, 0]);
    let claim = total(1, &waiters[0].0);
    assert!(waiters[0].0.turn(Vec::new(), Some(claim)).await.parked);
    bed.submit(&[task(2), task(3)]).await;
    assert_eq!(all_woken(&mut waiters), [1, 0]);
}

#[tokio::test]
async fn reaping_and_the_word_of_a_worker_free_places() {
    let bed = looked().await;
    bed.submit(&(0..20).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 100);
    let types = vec![TypeSlots { max_heartbeat_interval: Some(LEASE / 2), ..slots("echo", 500) }];
    let claim = Claim { types, ..worker.claim_of(1) };
    let silent = worker.turn(Vec::new(), Some(claim)).await.claimed.remove(0);
    let mut dead = Worker::new(bed.store(), 101);
    dead.claim_one().await;
    let mut waiters = waiters(bed.store(), 1..4, |worker| total(2, worker)).await;
    bed.pass(LEASE / 2);
    assert_eq!(stall(bed.store()).await, 1);
    assert_eq!(all_woken(&mut waiters), [0, 0, 0], "its code may still run");
    worker.stopped(&[&silent]).await;
    assert_eq!(all_woken(&mut waiters), [1, 0, 0]);
    bed.pass(LEASE / 2);
    let overdue = bed.store().overdue(9).await.unwrap();
    bed.store().reap(&[verdict(&overdue.tasks[0])]).await.unwrap();
    assert_eq!(all_woken(&mut waiters), [0, 1, 0]);
}

#[tokio::test]
async fn the_end_of_a_stalled_tasks_lease_is_noticed() {
    let bed = looked().await;
    bed.submit(&(0..20).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 100);
    let types = vec![TypeSlots { max_heartbeat_interval: Some(LEASE / 2), ..slots("echo", 500) }];
    let claim = Claim { types, ..worker.claim_of(1) };
    assert_eq!(worker.turn(Vec::new(), Some(claim)).await.claimed.len(), 1);
    let mut waiters = waiters(bed.store(), 1..2, |worker| total(1, worker)).await;
    bed.pass(LEASE / 2);
    stall(bed.store()).await;
    bed.pass(LEASE / 2);
    until_woken(&mut waiters[0].1).await;
}

#[tokio::test]
async fn a_place_that_another_process_frees_wakes_one() {
    let bed = looked().await;
    let other = bed.open().await;
    let (worker, held) = full(&bed, 2).await;
    let mut waiters = waiters(bed.store(), 1..3, |worker| total(2, worker)).await;
    let mut elsewhere = Worker::new(&other, 100);
    elsewhere.sequence = worker.sequence;
    elsewhere.finish(&held[0], completed()).await;
    until_woken(&mut waiters[0].1).await;
    assert_eq!(all_woken(&mut waiters), [0, 0]);
}

#[tokio::test]
async fn whoever_a_rate_limit_holds_back_is_not_woken_for_that_queue() {
    let bed = looked().await;
    let rate = Some(RateLimit { numerator: 1, denominator: 1, period: Period::Hour });
    bed.submit(&(0..3).map(task).collect::<Vec<_>>()).await;
    let mut worker = Worker::new(bed.store(), 100);
    assert_eq!(worker.claim_from(limited(None, rate), 1).await.claimed.len(), 1);
    let rated = |worker: &Worker| Claim { queues: vec![limited(None, rate)], ..worker.claim_of(1) };
    let mut waiters = waiters(bed.store(), 1..3, rated).await;
    for number in 100..150 {
        bed.submit(&[task(number)]).await;
    }
    assert_eq!(all_woken(&mut waiters), [0, 0]);
}

#[tokio::test]
async fn whoever_found_nothing_in_an_exhausted_queue_is_woken_to_learn_when_to_ask_again() {
    let bed = looked().await;
    let rate = Some(RateLimit { numerator: 1, denominator: 1, period: Period::Hour });
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut signals = bed.store().worker_signals(worker.id).await.unwrap();
    let reply = worker.claim_from(limited(None, rate), 9).await;
    assert_eq!((reply.claimed.len(), reply.parked, reply.next_slot), (1, true, None));
    woken(&mut signals);
    bed.submit(&[task(2)]).await;
    assert_eq!(woken(&mut signals), 1);
    let reply = worker.claim_from(limited(None, rate), 9).await;
    assert_eq!(reply.next_slot, Some(bed.now().after(Duration::from_secs(3_600))));
}
