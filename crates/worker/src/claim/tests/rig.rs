use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jobbers_core::lifecycle::Destination;
use jobbers_core::model::{Queue, WorkerId};
use jobbers_core::process::Shutdown;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::attempt::{BeatWaits, Reports};
use crate::claim::{ClaimLoop, Consumed, Delivery, LoopEnd, Running, Slots, watch_deadlines, watch_shutdown};
use crate::executor::{Executor, Native};
use crate::fake::FakeStore;
use crate::{Data, TaskContext, Tasks, task};

/// A claim loop on a store that does as it is told, on paused time.
pub(super) struct Rig {
    pub store: Arc<FakeStore>,
    pub shutdown: Shutdown,
    pub running: Arc<Running>,
    pub reports: Arc<Reports>,
    pub wake: Arc<Notify>,
    pub renew_now: Arc<Notify>,
    pub drain: CancellationToken,
    end: JoinHandle<LoopEnd>,
    consumed: watch::Sender<Consumed>,
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

pub(super) fn tasks() -> Tasks {
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
    pub fn start(slots: u32, ttl: Option<u64>) -> Self {
        Self::with(Arc::new(Native::new(tasks(), Handle::current())), slots, ttl, None)
    }

    pub fn with(executor: Arc<dyn Executor>, slots: u32, ttl: Option<u64>, grace: Option<Duration>) -> Self {
        let store = FakeStore::new();
        let shutdown = Shutdown::default();
        let running = Arc::new(Running::default());
        let (wake, renew_now) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let drain = CancellationToken::new();
        let (consumed_tx, consumed) = watch::channel(Consumed { queues: vec![queue("default")] });
        let (ends_tx, ends) = mpsc::unbounded_channel();
        let (beats_tx, beats) = mpsc::unbounded_channel();
        let reports = Reports::new(ends_tx, beats_tx, 1024, Duration::ZERO);
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
            reports: Arc::clone(&reports),
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
        Self { store, shutdown, running, reports, wake, renew_now, drain, end, consumed: consumed_tx, _beats: beats }
    }

    /// Says what the worker consumes from now on.
    pub fn configure(&self, queues: Vec<Queue>) {
        self.consumed.send_replace(Consumed { queues });
    }

    /// Waits until the store is as `condition` says.
    pub async fn until(&self, condition: impl Fn(&crate::fake::Inner) -> bool) {
        let waiting = async {
            while !condition(&self.store.lock()) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(3600), waiting).await.expect("the condition never held");
    }

    pub async fn end(self) -> (LoopEnd, Arc<FakeStore>) {
        let end = timeout(Duration::from_secs(3600), self.end).await.expect("the loop does not end").unwrap();
        (end, self.store)
    }

    pub async fn stop(self) -> Arc<FakeStore> {
        self.shutdown.graceful.cancel();
        let (end, store) = self.end().await;
        assert!(matches!(end, LoopEnd::Stopped(_)), "{end:?}");
        store
    }
}

/// A queue without limits.
pub(super) fn queue(name: &str) -> Queue {
    Queue { name: name.to_owned(), ..Queue::default() }
}

/// What became of the attempts, in the order in which they ended.
pub(super) fn destinations(store: &FakeStore) -> Vec<Destination> {
    store.lock().finished.iter().map(|finish| finish.transition.destination.clone()).collect()
}
