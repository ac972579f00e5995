use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::{
    Policy, ProcessInfo, ProcessKind, Queue, Registration, TaskId, TaskType, Timestamp, Token, WorkerId,
};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Capacity, Renewer};
use crate::TaskContext;
use crate::attempt::{Attempt, AttemptReport, Ended, Interruption, Reports, Start};
use crate::claim::{Consumed, Running};
use crate::fake::{FakeStore, claimed_task};

const LEASE: Duration = Duration::from_secs(9);

struct Rig {
    store: Arc<FakeStore>,
    running: Arc<Running>,
    reports: Arc<Reports>,
    renew_now: Arc<Notify>,
    consumed: watch::Sender<Consumed>,
    drain: CancellationToken,
    stop: CancellationToken,
    renewal: JoinHandle<()>,
    _ends: mpsc::UnboundedReceiver<AttemptReport>,
}

impl Rig {
    fn start() -> Self {
        let store = FakeStore::new();
        let running = Arc::new(Running::default());
        let (ends_tx, ends) = mpsc::unbounded_channel();
        let (beats_tx, beats) = mpsc::unbounded_channel();
        let (consumed_tx, consumed) = watch::channel(Consumed::default());
        let (renew_now, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let drain = CancellationToken::new();
        let process = ProcessInfo {
            id: WorkerId::from_bytes([7; 8]),
            kind: ProcessKind::Worker,
            host: "here".to_owned(),
            pid: 1,
            role: None,
            queues: Vec::new(),
            slots: 1,
            types: Vec::new(),
            version: "0".to_owned(),
            started_at: Timestamp::from_millis(0),
            load: None,
        };
        let renewer = Renewer {
            process,
            capacity: Capacity::new(1, &[]),
            lease: LEASE,
            running: Arc::clone(&running),
            consumed,
            beats,
            renew_now: Arc::clone(&renew_now),
            drain: drain.clone(),
            stop: stop.clone(),
        };
        let renewal = tokio::spawn(renewer.run(store.clone()));
        let reports = Reports::new(ends_tx, beats_tx, 1024, Duration::ZERO);
        Self { store, running, reports, renew_now, consumed: consumed_tx, drain, stop, renewal, _ends: ends }
    }

    fn attempt(&self, max_heartbeat_interval: Option<Duration>) -> Arc<Attempt> {
        let task_type = TaskType::new("quiet", 1);
        let policy = Policy { max_heartbeat_interval, ..Policy::default() };
        let registration =
            Registration { task_type: task_type.clone(), queue: "default".to_owned(), policy, parameters_schema: None };
        let token = Token::from_bytes(rand::random());
        let task = claimed_task(TaskId::from_parts(0, rand::random()), task_type, token);
        let attempt = Attempt::new(task, Arc::new(registration), 0, Arc::clone(&self.reports));
        assert!(self.running.add(&[Arc::clone(&attempt)]));
        attempt
    }

    async fn until(&self, condition: impl Fn(&crate::fake::Inner) -> bool) {
        let waiting = async {
            while !condition(&self.store.lock()) {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(600), waiting).await.expect("the condition never held");
    }

    /// Leases in the renewals so far.
    fn renewed(&self) -> Vec<usize> {
        self.store.lock().renewals.iter().map(|(_, renewal)| renewal.tasks.len()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn leases_are_renewed_every_third_of_their_time() {
    let rig = Rig::start();
    rig.attempt(None);
    rig.until(|store| store.renewals.len() == 4).await;
    let store = rig.store.lock();
    let times: Vec<Instant> = store.renewals.iter().map(|(at, _)| *at).collect();
    for two in times.windows(2) {
        let between = two[1] - two[0];
        assert!((3000..3005).contains(&between.as_millis()), "{between:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_learns_that_it_shall_drain_and_says_so_at_once() {
    let rig = Rig::start();
    rig.until(|store| store.announced.len() == 1).await;
    assert!(!rig.drain.is_cancelled());
    rig.store.lock().drain = true;
    rig.renew_now.notify_one();
    let asked = Instant::now();
    rig.until(|store| store.announced.iter().any(|process| process.load.as_ref().is_some_and(|load| load.draining)))
        .await;
    assert!(rig.drain.is_cancelled());
    assert!(asked.elapsed() < LEASE / 3, "it waited for the next renewal");
}

#[tokio::test(start_paused = true)]
async fn the_worker_says_that_it_is_alive_and_that_it_has_ended() {
    let rig = Rig::start();
    rig.until(|store| store.announced.len() == 2).await;
    let queues = vec![Queue { name: "reports".to_owned(), max_concurrent: None, ..Queue::default() }];
    rig.consumed.send_replace(Consumed { queues });
    rig.until(|store| store.announced.last().is_some_and(|process| process.queues == ["reports"])).await;
    rig.stop.cancel();
    rig.renewal.await.unwrap();
    assert_eq!(rig.store.lock().retired, [WorkerId::from_bytes([7; 8])]);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_is_told_soon_and_alone() {
    for (interval, most) in
        [(None, 500), (Some(Duration::from_secs(300)), 500), (Some(Duration::from_millis(600)), 200)]
    {
        let rig = Rig::start();
        let (attempt, _quiet) = (rig.attempt(interval), rig.attempt(None));
        rig.until(|store| store.announced.len() == 1).await;
        let before = rig.renewed().len();
        let began = Instant::now();
        let context = TaskContext(Arc::clone(&attempt));
        context.heartbeat();
        context.progress(40.0, "page 4");
        context.heartbeat();
        rig.until(|store| store.renewals.len() > before).await;
        let waited = began.elapsed().as_millis();
        assert!((most..most + 5).contains(&waited), "{waited} of {most}");
        let store = rig.store.lock();
        let (_, renewal) = &store.renewals[before];
        assert_eq!(renewal.tasks.len(), 1);
        let beat = renewal.tasks[0].beat.as_ref().unwrap();
        assert_eq!(beat.max_heartbeat_interval, interval);
        assert_eq!(beat.progress.as_ref().unwrap().message.as_deref(), Some("page 4"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_waits_while_the_store_is_away() {
    let rig = Rig::start();
    let attempt = rig.attempt(None);
    rig.until(|store| store.announced.len() == 1).await;
    TaskContext(attempt).progress(40.0, "");
    rig.store.lock().failures = 5;
    let before = rig.renewed().len();
    rig.until(|store| store.renewals.len() > before).await;
    let store = rig.store.lock();
    let beat = store.renewals[before].1.tasks[0].beat.as_ref().unwrap();
    assert_eq!(beat.progress.as_ref().map(|progress| progress.percent), Some(40.0));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_task_is_interrupted_as_soon_as_the_store_tells() {
    let rig = Rig::start();
    let attempt = rig.attempt(None);
    rig.until(|store| store.announced.len() == 1).await;
    rig.store.lock().cancelled.insert(attempt.task().token);
    let told = Instant::now();
    rig.renew_now.notify_one();
    attempt.interrupted().await;
    assert_eq!(attempt.interruption(), Some(Interruption::Cancelled));
    assert!(told.elapsed() < Duration::from_millis(5), "{:?}", told.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_was_taken_away_is_interrupted_unless_it_has_ended() {
    let rig = Rig::start();
    let (lost, ended) = (rig.attempt(None), rig.attempt(None));
    rig.until(|store| store.announced.len() == 1).await;
    Start::new(Arc::clone(&ended)).end(Ended::Returned("1".into()));
    rig.store.lock().taken.extend([lost.task().token, ended.task().token]);
    rig.renew_now.notify_one();
    lost.interrupted().await;
    assert!(lost.is_taken());
    assert!(!ended.is_taken(), "its end may have been delivered before");
}

#[tokio::test(start_paused = true)]
async fn many_leases_are_renewed_in_batches() {
    let rig = Rig::start();
    for _ in 0..1100 {
        rig.attempt(None);
    }
    rig.until(|store| store.announced.len() == 1).await;
    let mut sizes = rig.renewed();
    sizes.sort_unstable();
    assert_eq!(sizes, [100, 500, 500]);
}
