use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::bed::{Bed, LEASE, Worker, completed, id, process, task, typed, verdict};
use crate::model::Status;
use crate::store::{Directory as _, Moved, Signals as _, TaskStore as _, WorkerSignal};

async fn next<T>(receiver: &mut Receiver<T>) -> T {
    timeout(Duration::from_secs(10), receiver.recv()).await.expect("in time").expect("still open")
}

async fn until<T: PartialEq>(receiver: &mut Receiver<T>, wanted: &T) {
    while next(receiver).await != *wanted {}
}

fn drain<T>(receiver: &mut Receiver<T>) -> Vec<T> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

#[tokio::test]
async fn signals_start_with_both() {
    let bed = Bed::new().await;
    let mut signals = bed.store().worker_signals(Worker::new(bed.store(), 1).id).await.unwrap();
    assert_eq!([next(&mut signals).await, next(&mut signals).await], [WorkerSignal::Claim, WorkerSignal::Renew]);
}

#[tokio::test]
async fn a_parked_worker_is_woken_by_work_of_its_own_process_at_once() {
    let bed = Bed::new().await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut signals = bed.store().worker_signals(worker.id).await.unwrap();
    assert!(worker.claim(1).await.is_empty());
    drain(&mut signals);
    bed.submit(&[typed(1, "unknown")]).await;
    assert!(!drain(&mut signals).contains(&WorkerSignal::Claim), "not for what it cannot run");
    bed.submit(&[task(2)]).await;
    assert!(drain(&mut signals).contains(&WorkerSignal::Claim));
}

#[tokio::test]
async fn a_parked_worker_is_woken_by_work_from_another_process() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut signals = bed.store().worker_signals(worker.id).await.unwrap();
    for number in 0..5 {
        assert!(worker.claim(1).await.is_empty());
        drain(&mut signals);
        other.submit(&[task(number)]).await.unwrap();
        until(&mut signals, &WorkerSignal::Claim).await;
        assert_eq!(worker.claim(1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_worker_is_told_of_a_cancellation_from_its_own_process_and_from_another() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut signals = bed.store().worker_signals(worker.id).await.unwrap();
    worker.claim(2).await;
    drain(&mut signals);
    bed.store().cancel(id(1)).await.unwrap();
    assert!(drain(&mut signals).contains(&WorkerSignal::Renew));
    other.cancel(id(2)).await.unwrap();
    until(&mut signals, &WorkerSignal::Renew).await;
}

#[tokio::test]
async fn a_worker_is_told_when_a_task_is_taken_from_it() {
    let bed = Bed::new().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let mut signals = bed.store().worker_signals(worker.id).await.unwrap();
    worker.claim(1).await;
    bed.pass(LEASE);
    let overdue = bed.store().overdue(9).await.unwrap();
    drain(&mut signals);
    bed.store().reap(&[verdict(&overdue.tasks[0])]).await.unwrap();
    assert!(drain(&mut signals).contains(&WorkerSignal::Renew));
}

#[tokio::test]
async fn moves_name_each_task_of_the_own_process_and_ask_to_look_after_changes_by_others() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    let mut moves = bed.store().moves().await.unwrap();
    until(&mut moves, &Moved::Resync).await;
    bed.submit(&[task(1), task(2)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, completed()).await;
    bed.store().cancel(id(2)).await.unwrap();
    for (number, status) in [
        (1, Status::Submitted),
        (2, Status::Submitted),
        (1, Status::Started),
        (1, Status::Completed),
        (2, Status::Cancelled),
    ] {
        assert_eq!(next(&mut moves).await, Moved::Task(id(number), status));
    }
    other.submit(&[task(3)]).await.unwrap();
    assert_eq!(next(&mut moves).await, Moved::Resync);
}

#[tokio::test]
async fn steps_that_others_took_cause_no_chain_of_signals() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.submit(&[task(1)]).await;
    let mut worker = Worker::new(bed.store(), 1);
    // Before the signals: whoever listens first brings on the first look.
    let mut moves = bed.store().moves().await.unwrap();
    let mut signals = bed.store().worker_signals(worker.id).await.unwrap();
    let claimed = worker.claim_one().await;
    assert!(worker.claim(1).await.is_empty());
    // The first look that knows of the worker cannot tell and signals, after it has said that something changed: when the
    // look behind it says so, it is over.
    until(&mut moves, &Moved::Resync).await;
    for number in [7, 9] {
        other.submit(&[typed(number, "unknown")]).await.unwrap();
        until(&mut moves, &Moved::Resync).await;
    }
    drain(&mut signals);
    let neighbour = Worker::new(&other, 2);
    neighbour.renew(&[&claimed]).await;
    until(&mut moves, &Moved::Resync).await;
    bed.submit(&[typed(8, "unknown")]).await;
    assert_eq!(drain(&mut signals), [], "a neighbour's renewal concerns nobody here");
}

#[tokio::test]
async fn a_worker_is_told_once_to_drain_by_its_own_process_or_by_another() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    for (number, asking) in [(1, bed.store()), (2, &other)] {
        let process = process(number);
        bed.store().announce(&process, LEASE).await.unwrap();
        let mut signals = bed.store().worker_signals(process.id).await.unwrap();
        assert!(asking.drain(process.id).await.unwrap());
        until(&mut signals, &WorkerSignal::Drain).await;
        // Whatever comes after this does not repeat it.
        let mut moves = bed.store().moves().await.unwrap();
        other.submit(&[task(u128::from(number))]).await.unwrap();
        until(&mut moves, &Moved::Resync).await;
        other.submit(&[task(10 + u128::from(number))]).await.unwrap();
        until(&mut moves, &Moved::Resync).await;
        assert!(!drain(&mut signals).contains(&WorkerSignal::Drain));
    }
}

#[tokio::test]
async fn a_worker_that_begins_to_listen_late_is_told_to_drain_all_the_same() {
    let bed = Bed::new().await;
    let other = bed.open().await;
    bed.store().announce(&process(1), LEASE).await.unwrap();
    assert!(bed.store().drain(process(1).id).await.unwrap());
    let mut signals = other.worker_signals(process(1).id).await.unwrap();
    until(&mut signals, &WorkerSignal::Drain).await;
    assert!(other.announce(&process(1), LEASE).await.unwrap().drain);
}
