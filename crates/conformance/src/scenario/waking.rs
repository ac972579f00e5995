//! A place that is free again wakes a worker that waits for it, and what cannot start wakes nobody.

use std::time::Duration;

use jobbers_core::model::{NewTask, Policy, Status, TaskType};
use jobbers_core::store::{ClaimedTask, QueueSlots, WorkerSignal};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::signals::listen;
use super::totals::{of_total, of_type_total};
use super::{submit, submit_all};
use crate::Environment;
use crate::cleaner;
use crate::sample::{
    LEASE, alpha, beta, completed, failed_expectedly, failed_for_later, handed_back, id, task, task_in, task_of, tasks,
};
use crate::scheduler;
use crate::worker::Worker;

const SOON: Duration = Duration::from_secs(5);
const INTERVAL: Duration = Duration::from_secs(5);

/// A parked worker. It runs a task of its own, so that others can tell how far its signals have come.
pub(super) struct Sleeper {
    pub worker: Worker,
    signals: Receiver<WorkerSignal>,
    own: u64,
}

impl Sleeper {
    /// Parks a worker after it has taken its own task, number 10,000 + n.
    pub async fn park(env: &Environment, mut worker: Worker, n: u64) -> Self {
        let (queue, own) = (format!("own-{n}"), TaskType::new("own", 1));
        submit(env.store(), NewTask { task_type: own.clone(), ..task_in(&queue, 10_000 + n) }).await;
        let (queues, types) = (worker.queues.clone(), worker.types.clone());
        worker.queues = vec![QueueSlots { queue, free: 1, ..QueueSlots::default() }];
        worker.types = vec![(own, 1, Policy::default())];
        worker.claim_one().await;
        (worker.queues, worker.types) = (queues, types);
        let mut signals = listen(&worker).await;
        let reply = worker.ask(10).await;
        assert!(reply.claimed.is_empty(), "there is nothing that it could take: {reply:?}");
        assert!(reply.parked || reply.next_slot.is_some(), "{reply:?}");
        while signals.try_recv().is_ok() {}
        Self { worker, signals, own: n }
    }

    /// Whether it was told to claim since it was parked, until now.
    pub async fn is_woken(&mut self, env: &Environment) -> bool {
        // A message that comes after any that was sent before.
        env.store().cancel(id(10_000 + self.own)).await.expect("cancel");
        let mut woken = false;
        loop {
            match timeout(SOON, self.signals.recv()).await.ok().flatten() {
                Some(WorkerSignal::Claim) => woken = true,
                Some(WorkerSignal::Renew) => return woken,
                other => panic!("{other:?} instead of the cancellation"),
            }
        }
    }

    /// Waits until it is told to claim.
    pub async fn wakes(&mut self) {
        super::signals::expect_signal(&mut self.signals, WorkerSignal::Claim).await;
    }
}

async fn woken(env: &Environment, sleepers: &mut [Sleeper]) -> usize {
    let mut woken = 0;
    for sleeper in sleepers {
        woken += usize::from(sleeper.is_woken(env).await);
    }
    woken
}

/// Whether so many woke as should; a store that may wake more has woken enough.
fn assert_woken(env: &Environment, woken: usize, expected: usize) {
    if env.capabilities.wakes_no_more_than_needed {
        assert_eq!(woken, expected, "woken");
    } else {
        assert!(woken >= expected, "{woken} woken of {expected}");
    }
}

/// Of thirty tasks as many run as may, by one worker that stalls what is silent for five seconds; so many others wait
/// for places.
async fn full(env: &Environment, total: u32, sleepers: u8) -> (Worker, Vec<ClaimedTask>, Vec<Sleeper>) {
    submit_all(env.store(), &tasks(0..30)).await;
    let policy = Policy { max_heartbeat_interval: Some(INTERVAL), ..Policy::default() };
    let mut busy = Worker::with_policy(env.store(), 1, policy).await;
    busy.limit_total("default", total);
    let running = busy.claim(total).await;
    assert_eq!(running.len(), total as usize);
    let mut waiting = Vec::new();
    for n in 2..2 + sleepers {
        waiting.push(Sleeper::park(env, of_total(env.store(), n, total).await, u64::from(n)).await);
    }
    (busy, running, waiting)
}

pub async fn as_many_wake_as_places_were_freed(env: &Environment) {
    let (mut busy, running, mut sleepers) = full(env, 3, 3).await;
    let finishes: Vec<_> = running[..2].iter().map(|attempt| busy.decide(attempt, completed("1"))).collect();
    let turn = busy.next_turn(finishes, None);
    busy.send(&turn).await;
    assert_woken(env, woken(env, &mut sleepers).await, 2);
    assert_eq!(sleepers[0].worker.claim(10).await.len(), 2);
}

pub async fn a_place_that_the_same_turn_takes_wakes_nobody(env: &Environment) {
    let (mut busy, running, mut sleepers) = full(env, 2, 3).await;
    for attempt in &running {
        let finish = busy.decide(attempt, completed("1"));
        assert_eq!(busy.finish_and_claim(vec![finish], 1).await.claimed.len(), 1);
    }
    assert_woken(env, woken(env, &mut sleepers).await, 0);
}

pub async fn as_many_wake_as_places_were_freed_and_not_taken(env: &Environment) {
    let (mut busy, running, mut sleepers) = full(env, 3, 3).await;
    let finishes: Vec<_> = running.iter().map(|attempt| busy.decide(attempt, completed("1"))).collect();
    assert_eq!(busy.finish_and_claim(finishes, 1).await.claimed.len(), 1);
    assert_woken(env, woken(env, &mut sleepers).await, 2);
}

pub async fn a_submission_into_a_full_queue_wakes_nobody(env: &Environment) {
    let (_busy, _running, mut sleepers) = full(env, 2, 3).await;
    for n in 100..110 {
        submit(env.store(), task(n)).await;
    }
    submit_all(env.store(), &tasks(200..300)).await;
    assert_woken(env, woken(env, &mut sleepers).await, 0);
}

pub async fn a_submission_of_a_full_type_wakes_nobody(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut busy = of_type_total(env.store(), 1, 1).await;
    busy.claim_one().await;
    let mut sleepers = Vec::new();
    for n in 2..=3 {
        let worker = of_type_total(env.store(), n, 1).await;
        sleepers.push(Sleeper::park(env, worker, u64::from(n)).await);
    }
    submit_all(env.store(), &tasks(100..150)).await;
    submit_all(env.store(), &(150..200).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    assert_woken(env, woken(env, &mut sleepers).await, 0);
}

pub async fn another_type_wakes_a_worker_that_waits_for_a_place_of_a_full_one(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    let mut busy = of_type_total(env.store(), 1, 1).await;
    busy.claim_one().await;
    let mut sleeper = Sleeper::park(env, of_type_total(env.store(), 2, 1).await, 2).await;
    submit(env.store(), task_of(beta(), 300)).await;
    sleeper.wakes().await;
    assert_eq!(sleeper.worker.claim_one().await.id, id(300));
}

pub async fn another_queue_wakes_a_worker_that_waits_for_a_place_in_a_full_one(env: &Environment) {
    submit_all(env.store(), &tasks(0..10)).await;
    of_total(env.store(), 1, 1).await.claim_one().await;
    let mut worker = Worker::consuming(env.store(), 2, &["default", "other"], &[alpha()]).await;
    worker.limit_total("default", 1);
    let mut sleeper = Sleeper::park(env, worker, 2).await;
    submit(env.store(), task_in("other", 300)).await;
    sleeper.wakes().await;
    assert_eq!(sleeper.worker.claim_one().await.id, id(300));
}

pub async fn a_place_of_a_type_wakes_a_worker_of_another_queue(env: &Environment) {
    submit_all(env.store(), &tasks(0..2)).await;
    submit_all(env.store(), &(2..4).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut busy = Worker::start(env.store(), 1).await;
    busy.type_totals.insert(alpha(), 1);
    let attempt = busy.claim_one().await;
    let mut worker = Worker::consuming(env.store(), 2, &["other"], &[alpha()]).await;
    worker.type_totals.insert(alpha(), 1);
    let mut sleeper = Sleeper::park(env, worker, 2).await;
    busy.finish(&attempt, completed("1")).await;
    sleeper.wakes().await;
    assert_eq!(sleeper.worker.claim_one().await.id, id(2));
}

pub async fn a_place_wakes_who_waits_for_that_and_not_for_another(env: &Environment) {
    submit_all(env.store(), &tasks(0..5)).await;
    submit_all(env.store(), &(5..10).map(|n| task_in("other", n)).collect::<Vec<_>>()).await;
    let mut busy = Worker::consuming(env.store(), 1, &["default", "other"], &[alpha()]).await;
    busy.limit_total("default", 1);
    busy.limit_total("other", 1);
    let running = busy.claim(2).await;
    let mut sleepers = Vec::new();
    for (n, queue) in [(2, "default"), (3, "other")] {
        let mut worker = Worker::consuming(env.store(), n, &[queue], &[alpha()]).await;
        worker.limit_total(queue, 1);
        sleepers.push(Sleeper::park(env, worker, u64::from(n)).await);
    }
    let other = running.iter().find(|task| task.queue == "other").expect("one of each queue");
    busy.finish(other, completed("1")).await;
    assert!(sleepers[1].is_woken(env).await);
    assert_woken(env, woken(env, &mut sleepers[..1]).await, 0);
}

pub async fn a_stall_frees_no_place_and_wakes_nobody(env: &Environment) {
    let (_busy, running, mut sleepers) = full(env, 2, 3).await;
    env.advance(INTERVAL).await;
    assert_eq!(cleaner::stall(env.store(), None).await.len(), running.len());
    assert_woken(env, woken(env, &mut sleepers).await, 0);
}

pub async fn code_that_has_stopped_wakes_one_for_its_place(env: &Environment) {
    let (mut busy, running, mut sleepers) = full(env, 2, 3).await;
    env.advance(INTERVAL).await;
    cleaner::stall(env.store(), None).await;
    busy.stop(&running[0]).await;
    busy.stop(&running[0]).await;
    assert_woken(env, woken(env, &mut sleepers).await, 1);
}

pub async fn an_expired_lease_that_is_reaped_wakes_one(env: &Environment) {
    let (_dead, _, mut sleepers) = full(env, 1, 3).await;
    env.advance(LEASE).await;
    let overdue = scheduler::overdue(env.store()).await;
    let verdicts: Vec<_> = overdue.tasks.iter().filter(|task| task.id == id(0)).map(scheduler::decide).collect();
    env.store().reap(&verdicts).await.expect("reap");
    assert_woken(env, woken(env, &mut sleepers).await, 1);
}

pub async fn a_lost_task_that_does_not_run_again_leaves_its_place_to_one(env: &Environment) {
    let (_dead, running, mut sleepers) = full(env, 1, 3).await;
    env.store().cancel(running[0].id).await.expect("cancel");
    env.advance(LEASE).await;
    let overdue = scheduler::overdue(env.store()).await;
    let verdicts: Vec<_> = overdue.tasks.iter().filter(|task| task.id == id(0)).map(scheduler::decide).collect();
    let reaped = env.store().reap(&verdicts).await.expect("reap");
    assert_eq!(reaped, [super::applied(Status::Cancelled)]);
    assert_woken(env, woken(env, &mut sleepers).await, 1);
}

pub async fn a_retry_and_a_task_handed_back_wake_one_for_the_one_place(env: &Environment) {
    for outcome in [failed_expectedly("busy"), handed_back(), failed_for_later("busy", 60)] {
        let (mut busy, running, mut sleepers) = full_of(env, &outcome).await;
        busy.finish(&running, outcome).await;
        assert_woken(env, woken(env, &mut sleepers).await, 1);
    }
}

/// A queue of its own for this outcome, with a total of one; one task runs, and two workers wait.
async fn full_of(env: &Environment, outcome: &jobbers_core::lifecycle::Outcome) -> (Worker, ClaimedTask, Vec<Sleeper>) {
    let queue = match outcome {
        jobbers_core::lifecycle::Outcome::HandedBack(_) => "a",
        jobbers_core::lifecycle::Outcome::FailedExpectedly { retry_after: None, .. } => "b",
        _ => "c",
    };
    let base = u64::from(queue.as_bytes()[0]) * 10;
    submit_all(env.store(), &(base..base + 5).map(|n| task_in(queue, n)).collect::<Vec<_>>()).await;
    let worker = async |n: u8| {
        let mut worker = Worker::consuming(env.store(), n, &[queue], &[alpha()]).await;
        worker.limit_total(queue, 1);
        worker
    };
    let number = queue.as_bytes()[0];
    let mut busy = worker(number).await;
    let running = busy.claim_one().await;
    let mut sleepers = Vec::new();
    for n in [number + 10, number + 20] {
        sleepers.push(Sleeper::park(env, worker(n).await, u64::from(n)).await);
    }
    (busy, running, sleepers)
}

pub async fn a_place_that_another_process_frees_wakes_a_worker(env: &Environment) {
    let (mut busy, running, mut sleepers) = full(env, 1, 1).await;
    busy.store = env.other().await;
    busy.finish(&running[0], completed("1")).await;
    sleepers[0].wakes().await;
    assert_eq!(sleepers[0].worker.claim(10).await.len(), 1);
}
