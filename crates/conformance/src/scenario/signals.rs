//! Signals only speed things up, but in the quiet case they come.

use std::time::Duration;

use jobbers_core::model::{NewTask, Status, TaskId};
use jobbers_core::store::{Moved, Moves, Resubmit, SharedStore, WorkerSignal};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::{status, submit};
use crate::Environment;
use crate::sample::{alpha, beta, completed, failed_expectedly, handed_back, id, task, task_after, task_in, task_of};
use crate::scheduler;
use crate::worker::Worker;

const SOON: Duration = Duration::from_secs(5);

/// Opens a worker's signals and takes the two that every subscription begins with.
pub(super) async fn listen(worker: &Worker) -> Receiver<WorkerSignal> {
    let mut signals = worker.store.worker_signals(worker.id).await.expect("worker_signals");
    let (mut claim, mut renew) = (false, false);
    let beginning = async {
        while !(claim && renew) {
            match signals.recv().await {
                Some(WorkerSignal::Claim) => claim = true,
                Some(WorkerSignal::Renew) => renew = true,
                other => panic!("a subscription begins with {other:?}"),
            }
        }
    };
    timeout(SOON, beginning).await.expect("the two signals that a subscription begins with");
    signals
}

/// Waits for a signal; others may come before.
pub(super) async fn expect_signal(signals: &mut Receiver<WorkerSignal>, expected: WorkerSignal) {
    let waiting = async {
        loop {
            match signals.recv().await {
                Some(signal) if signal == expected => return,
                Some(_) => {}
                None => panic!("the signals ended"),
            }
        }
    };
    timeout(SOON, waiting).await.unwrap_or_else(|_| panic!("{expected:?} does not come"));
}

/// A worker that has found nothing, and its signals.
async fn parked(store: &SharedStore, n: u8) -> (Worker, Receiver<WorkerSignal>) {
    let worker = Worker::start(store, n).await;
    park(worker).await
}

async fn park(mut worker: Worker) -> (Worker, Receiver<WorkerSignal>) {
    let mut signals = listen(&worker).await;
    assert!(worker.claim_all().await.is_empty());
    // Whatever came before it was parked.
    while signals.try_recv().is_ok() {}
    (worker, signals)
}

pub async fn signals_begin_with_both(env: &Environment) {
    let worker = Worker::start(env.store(), 1).await;
    for expected in [WorkerSignal::Claim, WorkerSignal::Renew] {
        let mut signals = worker.store.worker_signals(worker.id).await.expect("worker_signals");
        expect_signal(&mut signals, expected).await;
    }
}

pub async fn a_new_task_wakes_a_parked_worker(env: &Environment) {
    let (mut worker, mut signals) = parked(env.store(), 1).await;
    submit(env.store(), task(1)).await;
    expect_signal(&mut signals, WorkerSignal::Claim).await;
    assert_eq!(worker.claim_one().await.id, id(1));
}

pub async fn a_new_task_of_another_process_wakes_a_parked_worker(env: &Environment) {
    let (_worker, mut signals) = parked(env.store(), 1).await;
    submit(&env.other().await, task(1)).await;
    expect_signal(&mut signals, WorkerSignal::Claim).await;
}

pub async fn a_promoted_task_wakes_a_parked_worker(env: &Environment) {
    submit(env.store(), task_after(5, 1)).await;
    let (_worker, mut signals) = parked(env.store(), 1).await;
    env.advance(Duration::from_secs(6)).await;
    scheduler::promote(&env.other().await).await;
    expect_signal(&mut signals, WorkerSignal::Claim).await;
}

pub async fn a_task_of_a_dead_worker_wakes_a_parked_worker(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut dead = Worker::start(env.store(), 1).await;
    dead.claim_one().await;
    let (_worker, mut signals) = parked(env.store(), 2).await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(&env.other().await).await;
    expect_signal(&mut signals, WorkerSignal::Claim).await;
}

pub async fn a_retry_and_a_task_handed_back_wake_a_parked_worker(env: &Environment) {
    for (n, outcome) in [(1, failed_expectedly("busy")), (2, handed_back())] {
        let queue = format!("queue-{n}");
        submit(env.store(), task_in(&queue, n)).await;
        let number = u8::try_from(n).unwrap_or_default();
        let mut busy = Worker::consuming(env.store(), number, &[&queue], &[alpha()]).await;
        let attempt = busy.claim_one().await;
        let (_worker, mut signals) =
            park(Worker::consuming(env.store(), 10 + number, &[&queue], &[alpha()]).await).await;
        busy.finish(&attempt, outcome).await;
        expect_signal(&mut signals, WorkerSignal::Claim).await;
    }
}

pub async fn as_many_parked_workers_wake_as_there_are_tasks(env: &Environment) {
    let mut workers = Vec::new();
    for n in 1..=3 {
        workers.push(parked(env.store(), n).await);
    }
    submit(env.store(), task(1)).await;
    submit(env.store(), task(2)).await;
    submit(env.store(), task(3)).await;
    for (_, signals) in &mut workers {
        expect_signal(signals, WorkerSignal::Claim).await;
    }
}

pub async fn no_more_workers_wake_than_there_are_tasks(env: &Environment) {
    if !env.capabilities.wakes_no_more_than_needed {
        return;
    }
    // Each worker has a task whose cancellation gives a signal that comes after any earlier one.
    let mut workers = Vec::new();
    for n in 1..=3u8 {
        let own = format!("own-{n}");
        let number = u64::from(n);
        submit(env.store(), task_in(&own, 100 + number)).await;
        let mut worker = Worker::consuming(env.store(), n, &["default", &own], &[alpha()]).await;
        worker.claim_one().await;
        workers.push(park(worker).await);
    }
    submit(env.store(), task(1)).await;
    let mut woken = 0;
    for n in 1..=3 {
        env.store().cancel(id(100 + n)).await.expect("cancel");
    }
    for (_, signals) in &mut workers {
        loop {
            match timeout(SOON, signals.recv()).await.ok().flatten() {
                Some(WorkerSignal::Claim) => woken += 1,
                Some(WorkerSignal::Renew) => break,
                Some(WorkerSignal::Drain) => panic!("nobody is asked to drain"),
                None => panic!("the cancellation is not told"),
            }
        }
    }
    assert_eq!(woken, 1);
}

pub async fn a_task_wakes_a_worker_that_can_run_it(env: &Environment) {
    let (_a, _alphas) = park(Worker::consuming(env.store(), 1, &["default"], &[alpha()]).await).await;
    let (_b, mut betas) = park(Worker::consuming(env.store(), 2, &["default"], &[beta()]).await).await;
    let (_c, mut others) = park(Worker::consuming(env.store(), 3, &["other"], &[beta()]).await).await;
    submit(env.store(), task_of(beta(), 1)).await;
    expect_signal(&mut betas, WorkerSignal::Claim).await;
    submit(env.store(), NewTask { queue: "other".to_owned(), ..task_of(beta(), 2) }).await;
    expect_signal(&mut others, WorkerSignal::Claim).await;
}

pub async fn a_cancellation_is_told_to_the_worker(env: &Environment) {
    submit(env.store(), task(1)).await;
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    let mut signals = worker.store.worker_signals(worker.id).await.expect("worker_signals");
    expect_signal(&mut signals, WorkerSignal::Renew).await;
    while signals.try_recv().is_ok() {}
    env.other().await.cancel(id(1)).await.expect("cancel");
    expect_signal(&mut signals, WorkerSignal::Renew).await;
}

/// Waits until a watcher would know that the task has this status.
async fn expect_move(moves: &mut Moves, store: &SharedStore, task: TaskId, expected: Status) {
    let waiting = async {
        loop {
            match moves.recv().await {
                Some(Moved::Task(id, status)) if (id, status) == (task, expected) => return,
                Some(Moved::Resync) if status(store, task).await == expected => return,
                Some(_) => {}
                None => panic!("the moves ended"),
            }
        }
    };
    timeout(SOON, waiting).await.unwrap_or_else(|_| panic!("{task} {expected} is not told"));
}

pub async fn moves_tell_every_end(env: &Environment) {
    let other = env.other().await;
    let mut moves = other.moves().await.expect("moves");
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), task(1)).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, completed("1")).await;
    expect_move(&mut moves, env.store(), id(1), Status::Completed).await;
    submit(env.store(), task(2)).await;
    env.store().cancel(id(2)).await.expect("cancel");
    expect_move(&mut moves, env.store(), id(2), Status::Cancelled).await;
}

pub async fn moves_tell_what_is_submitted(env: &Environment) {
    let mut moves = env.store().moves().await.expect("moves");
    submit(env.store(), task(1)).await;
    expect_move(&mut moves, env.store(), id(1), Status::Submitted).await;
    env.store().submit(&[task(2), task(3)]).await.expect("submit");
    expect_move(&mut moves, env.store(), id(2), Status::Submitted).await;
    expect_move(&mut moves, env.store(), id(3), Status::Submitted).await;
}

pub async fn moves_tell_every_step_of_a_life(env: &Environment) {
    let mut moves = env.store().moves().await.expect("moves");
    let mut worker = Worker::start(env.store(), 1).await;
    submit(env.store(), task_after(5, 1)).await;
    expect_move(&mut moves, env.store(), id(1), Status::Scheduled).await;
    env.advance(Duration::from_secs(6)).await;
    scheduler::promote(env.store()).await;
    expect_move(&mut moves, env.store(), id(1), Status::Submitted).await;
    worker.claim_one().await;
    expect_move(&mut moves, env.store(), id(1), Status::Started).await;
    env.advance(Duration::from_secs(11)).await;
    scheduler::reap(env.store()).await;
    expect_move(&mut moves, env.store(), id(1), Status::Submitted).await;
    let attempt = worker.claim_one().await;
    worker.finish(&attempt, crate::sample::failed("no")).await;
    expect_move(&mut moves, env.store(), id(1), Status::Failed).await;
}

pub async fn a_resubmitted_task_wakes_a_parked_worker(env: &Environment) {
    submit(env.store(), task(1)).await;
    env.store().cancel(id(1)).await.expect("cancel");
    let (mut worker, mut signals) = parked(env.store(), 1).await;
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.other().await.resubmit(&resubmit).await.expect("resubmit");
    expect_signal(&mut signals, WorkerSignal::Claim).await;
    assert_eq!(worker.claim_one().await.id, id(1));
}

pub async fn a_hastened_task_wakes_a_parked_worker(env: &Environment) {
    submit(env.store(), task_after(60, 1)).await;
    let (mut worker, mut signals) = parked(env.store(), 1).await;
    env.other().await.hasten(&[id(1)]).await.expect("hasten");
    expect_signal(&mut signals, WorkerSignal::Claim).await;
    assert_eq!(worker.claim_one().await.id, id(1));
}

pub async fn as_many_parked_workers_wake_as_tasks_are_resubmitted(env: &Environment) {
    super::submit_all(env.store(), &crate::sample::tasks(1..4)).await;
    let ids: Vec<_> = (1..4).map(id).collect();
    env.store().cancel_all(&ids).await.expect("cancel_all");
    let mut workers = Vec::new();
    for n in 1..=3 {
        workers.push(parked(env.store(), n).await);
    }
    let resubmit = Resubmit { ids, reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    for (_, signals) in &mut workers {
        expect_signal(signals, WorkerSignal::Claim).await;
    }
}

pub async fn a_task_wakes_a_worker_that_found_only_expired_ones(env: &Environment) {
    let expired = NewTask { expires_at: Some(env.now()), ..task(1) };
    submit(env.store(), expired).await;
    let (mut worker, mut signals) = parked(env.store(), 1).await;
    submit(env.store(), task(2)).await;
    expect_signal(&mut signals, WorkerSignal::Claim).await;
    assert_eq!(worker.claim_one().await.id, id(2));
}

pub async fn bulk_cancellations_are_told_to_each_worker(env: &Environment) {
    super::submit_all(env.store(), &crate::sample::tasks(1..4)).await;
    let mut signals = Vec::new();
    for n in 1..=3 {
        let mut worker = Worker::start(env.store(), n).await;
        worker.claim_one().await;
        signals.push(listen(&worker).await);
    }
    env.other().await.cancel_all(&[id(1), id(2), id(3)]).await.expect("cancel_all");
    for signals in &mut signals {
        expect_signal(signals, WorkerSignal::Renew).await;
    }
}

pub async fn moves_tell_what_the_bulk_steps_did(env: &Environment) {
    let other = env.other().await;
    let mut moves = other.moves().await.expect("moves");
    submit(env.store(), task_after(60, 1)).await;
    env.store().hasten(&[id(1)]).await.expect("hasten");
    expect_move(&mut moves, env.store(), id(1), Status::Submitted).await;
    env.store().cancel_all(&[id(1)]).await.expect("cancel_all");
    expect_move(&mut moves, env.store(), id(1), Status::Cancelled).await;
    let resubmit = Resubmit { ids: vec![id(1)], reset_failures: true, only_dead: false, request: [1; 8] };
    env.store().resubmit(&resubmit).await.expect("resubmit");
    expect_move(&mut moves, env.store(), id(1), Status::Submitted).await;
    submit(env.store(), NewTask { expires_at: Some(env.now()), ..task(2) }).await;
    env.store().expire(10).await.expect("expire");
    expect_move(&mut moves, env.store(), id(2), Status::Cancelled).await;
    env.store().forget(&[id(2)]).await.expect("forget");
    let told = async {
        loop {
            match moves.recv().await {
                Some(Moved::Task(task, Status::Unsubmitted)) if task == id(2) => return,
                Some(Moved::Resync) if env.store().get(id(2)).await.expect("get").is_none() => return,
                Some(_) => {}
                None => panic!("the moves ended"),
            }
        }
    };
    timeout(SOON, told).await.expect("a removal is told");
}
