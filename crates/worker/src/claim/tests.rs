use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jobbers_core::lifecycle::{Destination, Position};
use jobbers_core::model::{OnShutdown, Policy, Queue, Registration, Status, TaskType, WorkerId};
use jobbers_core::process::Shutdown;
use jobbers_core::store::MAX_BATCH;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::turns::batch_of;
use super::*;
use crate::attempt::{BeatWaits, Ended, Interruption, Reports, Start};
use crate::executor::{Executor, Native};
use crate::fake::FakeStore;
use crate::{Data, TaskContext, Tasks, task};
use std::sync::Arc;

/// A claim loop on a store that does as it is told, on paused time.
struct Rig {
    store: Arc<FakeStore>,
    shutdown: Shutdown,
    running: Arc<Running>,
    wake: Arc<Notify>,
    renew_now: Arc<Notify>,
    drain: CancellationToken,
    end: JoinHandle<LoopEnd>,
    _consumed: watch::Sender<Consumed>,
    _beats: mpsc::UnboundedReceiver<BeatWaits>,
}

#[derive(Default)]
struct Seen {
    begun: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Seen {
    fn begin(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
    }

    fn end(&self) {
        self.at_once.fetch_sub(1, Ordering::SeqCst);
    }
}

#[task(version = 1, max_concurrent = "none")]
async fn quick(Data(seen): Data<Seen>) -> Result<(), String> {
    seen.begin();
    sleep(Duration::from_millis(10)).await;
    seen.end();
    Ok(())
}

#[task(version = 1, max_concurrent = 2)]
async fn limited(Data(seen): Data<Seen>) -> Result<(), String> {
    seen.begin();
    sleep(Duration::from_millis(10)).await;
    seen.end();
    Ok(())
}

#[task(version = 1, max_concurrent = "none", on_shutdown = "stop")]
async fn stops() -> Result<(), String> {
    std::future::pending().await
}

#[task(version = 1, max_concurrent = "none", on_shutdown = "resubmit")]
async fn hands_back() -> Result<(), String> {
    std::future::pending().await
}

#[task(version = 1, max_concurrent = "none", on_shutdown = "continue")]
async fn goes_on() -> Result<(), String> {
    sleep(Duration::from_secs(60)).await;
    Ok(())
}

#[task(version = 1, max_concurrent = "none", timeout = 2, retry_delay = 0)]
async fn too_slow(task: TaskContext) -> Result<(), String> {
    assert_eq!(task.attempt(), 1);
    std::future::pending().await
}

fn tasks() -> Tasks {
    Tasks::new()
        .data(Seen::default())
        .register(quick)
        .register(limited)
        .register(stops)
        .register(hands_back)
        .register(goes_on)
        .register(too_slow)
}

impl Rig {
    fn start(slots: u32, ttl: Option<u64>) -> Self {
        Self::with(Arc::new(Native::new(tasks(), Handle::current())), slots, ttl, None)
    }

    fn with(executor: Arc<dyn Executor>, slots: u32, ttl: Option<u64>, grace: Option<Duration>) -> Self {
        let store = FakeStore::new();
        let shutdown = Shutdown::default();
        let running = Arc::new(Running::default());
        let (wake, renew_now) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let drain = CancellationToken::new();
        let queues = vec![Queue { name: "default".to_owned(), max_concurrent: None }];
        let (consumed_tx, consumed) = watch::channel(Consumed { queues });
        let (ends_tx, ends) = mpsc::unbounded_channel();
        let (beats_tx, beats) = mpsc::unbounded_channel();
        let registrations = executor.registrations();
        tokio::spawn(watch_deadlines(Arc::clone(&running)));
        tokio::spawn(watch_shutdown(Arc::clone(&running), shutdown.clone(), grace));
        let claim_loop = ClaimLoop {
            worker: WorkerId::default(),
            lease: Duration::from_secs(10),
            delivery: Delivery::new(store.clone(), shutdown.clone()),
            executor,
            slots: Slots::new(slots, &registrations),
            registrations: registrations.into_iter().map(Arc::new).collect(),
            running: Arc::clone(&running),
            reports: Reports::new(ends_tx, beats_tx, 1024),
            ends,
            wake: Arc::clone(&wake),
            renew_now: Arc::clone(&renew_now),
            consumed,
            shutdown: shutdown.clone(),
            drain: drain.clone(),
            ttl,
            state: Default::default(),
        };
        // The first turn is taken when the test first waits: what it submits before is there.
        let end = tokio::spawn(claim_loop.run());
        Self { store, shutdown, running, wake, renew_now, drain, end, _consumed: consumed_tx, _beats: beats }
    }

    /// Waits until the store is as `condition` says.
    async fn until(&self, condition: impl Fn(&crate::fake::Inner) -> bool) {
        let waiting = async {
            while !condition(&self.store.lock()) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(3600), waiting).await.expect("the condition never held");
    }

    async fn end(self) -> (LoopEnd, Arc<FakeStore>) {
        let end = timeout(Duration::from_secs(3600), self.end).await.expect("the loop does not end").unwrap();
        (end, self.store)
    }

    async fn stop(self) -> Arc<FakeStore> {
        self.shutdown.graceful.cancel();
        let (end, store) = self.end().await;
        assert!(matches!(end, LoopEnd::Stopped(_)), "{end:?}");
        store
    }
}

fn destinations(store: &FakeStore) -> Vec<Destination> {
    store.lock().finished.iter().map(|finish| finish.transition.destination.clone()).collect()
}

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

#[tokio::test(start_paused = true)]
async fn the_end_of_a_task_that_was_taken_away_is_thrown_away() {
    let rig = Rig::start(1, None);
    rig.store.submit("stops", 1);
    rig.until(|store| store.claimed == 1).await;
    let attempt = rig.running.snapshot().remove(0);
    assert!(rig.running.take_away(&attempt));
    assert!(!rig.running.take_away(&attempt), "said once");
    rig.store.submit("quick", 1);
    rig.until(|store| store.finished.len() == 1).await;
    assert!(rig.running.snapshot().is_empty());
    let store = rig.stop().await;
    let store = store.lock();
    assert_eq!(store.finished[0].transition.destination.status(), Status::Completed);
    assert_eq!(store.claimed, 2);
}

/// Runs handlers that stop when they are told to by the test, and not when the worker asks.
#[derive(Debug, Default)]
struct Deaf(Mutex<Vec<Start>>);

impl Executor for Deaf {
    fn registrations(&self) -> Vec<Registration> {
        let policy = Policy {
            max_concurrent: None,
            cancel_grace: Duration::from_secs(3),
            on_shutdown: OnShutdown::Stop,
            ..Policy::default()
        };
        let task_type = TaskType::new("deaf", 1);
        vec![Registration { task_type, queue: "default".to_owned(), policy, parameters_schema: None }]
    }

    fn start(&self, attempts: Vec<Start>) {
        self.0.lock().unwrap().extend(attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_stop_keeps_its_slot_and_ends_its_worker() {
    let deaf = Arc::new(Deaf::default());
    let rig = Rig::with(deaf.clone(), 2, None, None);
    rig.store.submit("deaf", 3);
    rig.until(|store| store.claimed == 2).await;
    let stuck = rig.running.snapshot().remove(0);
    assert!(rig.running.interrupt(&stuck, Interruption::Cancelled));
    let asked = Instant::now();
    while !stuck.is_overdue() {
        sleep(Duration::from_millis(1)).await;
    }
    assert!((3000..3010).contains(&asked.elapsed().as_millis()), "{:?}", asked.elapsed());
    // The other one ends well: it is delivered, and nothing more is claimed.
    let mut starts = std::mem::take(&mut *deaf.0.lock().unwrap());
    let other = starts.iter().position(|start| !Arc::ptr_eq(start.attempt(), &stuck)).unwrap();
    starts.remove(other).end(Ended::Returned("1".into()));
    let (end, store) = rig.end().await;
    assert!(matches!(end, LoopEnd::Stuck { handlers: 1, .. }), "{end:?}");
    let store = store.lock();
    assert_eq!((store.finished.len(), store.claimed, store.started), (1, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_its_executor_forgets_has_failed() {
    let deaf = Arc::new(Deaf::default());
    let rig = Rig::with(deaf.clone(), 1, None, None);
    rig.store.submit("deaf", 1);
    rig.until(|store| store.claimed == 1).await;
    deaf.0.lock().unwrap().clear();
    rig.until(|store| store.finished.len() == 1).await;
    let store = rig.stop().await;
    assert_eq!(destinations(&store), [Destination::Failed { dead_letter: false }]);
}

#[test]
fn large_results_are_delivered_in_turns_of_a_bounded_size() {
    const MIB: usize = 1 << 20;
    assert_eq!(batch_of([MIB; 10].into_iter()), 4);
    assert_eq!(batch_of([10 * MIB, 1].into_iter()), 1, "at least one of any size");
    assert_eq!(batch_of([20; 1000].into_iter()), MAX_BATCH);
    assert_eq!(batch_of([0; 3].into_iter()), 3);
}
