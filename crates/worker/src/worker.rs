//! A worker from its start to its end.

use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::{ProcessInfo, ProcessKind, Registration, Timestamp, WorkerId};
use jobbers_core::process::{Connector, Shutdown, Stores};
use jobbers_core::store::{SharedStore, StoreError};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::attempt::Reports;
use crate::claim::{
    ClaimLoop, Consumed, Counts, Delivery, LoopEnd, Running, Slots, follow_queues, watch_deadlines, watch_shutdown,
};
use crate::executor::Executor;
use crate::module::Started;
use crate::renewal::{Capacity, Connect, RenewalThread, Renewer};
use crate::signals::follow_signals;
use crate::{TaskModule, WorkerSettings};

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerEnd {
    /// Asked to stop: everything has ended or was handed back, and is delivered.
    Stopped(Counts),
    /// It has run `WORKER_TTL` tasks.
    Spent(Counts),
    /// Asked to drain (`POST /workers/{id}/drain`): everything has run to its end, and is delivered.
    Drained(Counts),
    /// Asked to stop at once: what ran is left to its lease.
    AtOnce(Counts),
    /// Handlers did not stop when they were asked to, in all their `cancel_grace`; what they run is left to its lease.
    Stuck { counts: Counts, handlers: usize },
}

impl WorkerEnd {
    /// What a process that was this worker says to its supervisor.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Stopped(_) | Self::Spent(_) | Self::Drained(_) => 0,
            Self::Stuck { .. } => 1,
            Self::AtOnce(_) => 130,
        }
    }
}

/// Runs a worker until it is asked to stop, has run `WORKER_TTL` tasks, or has a handler that does not stop.
///
/// While the store is away it waits and goes on. An error means that it could not start, or that the store does not fit
/// this program any more.
pub async fn run(
    module: impl Into<TaskModule>,
    settings: WorkerSettings,
    connector: Connector,
    stores: Stores,
    shutdown: Shutdown,
) -> anyhow::Result<WorkerEnd> {
    let Started { executor, handlers: _handlers } = module.into().start(&settings).await?;
    let connect = Connect(Arc::new(move || {
        let connector = connector.clone();
        Box::pin(async move { connector.tasks().await })
    }));
    run_with(executor.0, settings, connect, stores, shutdown).await
}

async fn run_with(
    executor: Arc<dyn Executor>,
    settings: WorkerSettings,
    connect: Connect,
    stores: Stores,
    shutdown: Shutdown,
) -> anyhow::Result<WorkerEnd> {
    let registrations = executor.registrations();
    let force = executor.time_to_kill();
    let store = Arc::clone(&stores.tasks);
    let Some(started_at) = register(&store, &registrations, &shutdown).await? else {
        return Ok(ended(LoopEnd::Stopped(Counts::default()))?);
    };
    let worker = WorkerId::from_bytes(rand::random());
    let (consumed_tx, consumed) = watch::channel(Consumed::default());
    let (ends_tx, ends) = mpsc::unbounded_channel();
    let (beats_tx, beats) = mpsc::unbounded_channel();
    let running = Arc::new(Running::default());
    let (wake, renew_now) = (Arc::new(Notify::new()), Arc::new(Notify::new()));

    let drain = CancellationToken::new();
    let renewer = Renewer {
        process: process_info(worker, &settings, &registrations, started_at),
        capacity: Capacity::new(settings.worker_concurrent_tasks, &registrations),
        lease: settings.worker_lease,
        running: Arc::clone(&running),
        consumed: consumed.clone(),
        beats,
        renew_now: Arc::clone(&renew_now),
        drain: drain.clone(),
        stop: CancellationToken::new(),
    };
    let renewal = RenewalThread::start(renewer, connect)?;
    tokio::select! {
        () = renewal.connected() => {}
        () = shutdown.graceful.cancelled() => {}
    }
    let mut background = JoinSet::new();
    background.spawn(follow_queues(stores, settings.worker_role.clone(), consumed_tx));
    background.spawn(follow_signals(Arc::clone(&store), worker, Arc::clone(&wake), Arc::clone(&renew_now)));
    background.spawn(watch_deadlines(Arc::clone(&running)));
    background.spawn(watch_shutdown(Arc::clone(&running), shutdown.clone(), settings.worker_shutdown_grace));

    tracing::info!(
        event = "worker_started", worker = %worker, role = settings.worker_role,
        slots = settings.worker_concurrent_tasks, ttl = settings.worker_ttl, tasks = registrations.len(),
        "worker started"
    );
    let end = ClaimLoop {
        worker,
        lease: settings.worker_lease,
        delivery: Delivery::new(store, shutdown.clone()),
        executor,
        slots: Slots::new(settings.worker_concurrent_tasks, &registrations),
        registrations: registrations.into_iter().map(Arc::new).collect(),
        running,
        reports: Reports::new(ends_tx, beats_tx, settings.max_result, force),
        ends,
        wake,
        renew_now,
        consumed,
        shutdown: shutdown.clone(),
        drain,
        ttl: (settings.worker_ttl > 0).then_some(settings.worker_ttl),
        state: Default::default(),
    }
    .run()
    .await;
    match &end {
        LoopEnd::AtOnce(_) => drop(renewal),
        LoopEnd::Stopped(_) | LoopEnd::Spent(_) | LoopEnd::Drained(_) | LoopEnd::Stuck { .. } | LoopEnd::Store(_) => {
            tokio::select! {
                () = renewal.stop() => {}
                () = shutdown.immediate.cancelled() => {}
            }
        }
    }
    Ok(ended(end)?)
}

/// Publishes what this worker can run, however long it takes; answers the store's time, or nothing if it is to stop.
async fn register(
    store: &SharedStore,
    registrations: &[Registration],
    shutdown: &Shutdown,
) -> Result<Option<Timestamp>, StoreError> {
    let mut complained = false;
    loop {
        let published = async {
            let conflicts = store.register(registrations).await?;
            Ok::<_, StoreError>((conflicts, store.now().await?))
        };
        let error = tokio::select! {
            published = published => match published {
                Ok((conflicts, now)) => {
                    for conflict in conflicts {
                        tracing::warn!(
                            event = "schema_changed", task = %conflict.task_type,
                            "the parameters of this task had another schema before; raise its version for a breaking change"
                        );
                    }
                    return Ok(Some(now));
                }
                Err(error) if error.is_transient() => error,
                Err(error) => return Err(error),
            },
            () = shutdown.graceful.cancelled() => return Ok(None),
        };
        if !complained {
            complained = true;
            tracing::warn!(event = "store_away", %error, "the store does not answer; it is tried again");
        }
        tokio::select! {
            () = sleep(Duration::from_millis(500)) => {}
            () = shutdown.graceful.cancelled() => return Ok(None),
        }
    }
}

fn process_info(
    id: WorkerId,
    settings: &WorkerSettings,
    registrations: &[Registration],
    started_at: Timestamp,
) -> ProcessInfo {
    ProcessInfo {
        id,
        kind: ProcessKind::Worker,
        host: gethostname::gethostname().to_string_lossy().into_owned(),
        pid: std::process::id(),
        role: Some(settings.worker_role.clone()),
        queues: Vec::new(),
        slots: settings.worker_concurrent_tasks,
        types: registrations.iter().map(|registration| registration.task_type.clone()).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at,
        load: None,
    }
}

/// Says how it ended.
fn ended(end: LoopEnd) -> Result<WorkerEnd, StoreError> {
    Ok(match end {
        LoopEnd::Stopped(counts) => {
            tracing::info!(event = "worker_stopped", "worker stopped: {counts}");
            WorkerEnd::Stopped(counts)
        }
        LoopEnd::Spent(counts) => {
            tracing::info!(
                event = "worker_spent",
                "WORKER TTL REACHED: {counts}. This worker ends with exit code 0 so that its supervisor starts a fresh one; \
                 WORKER_TTL=0 lets a worker run for ever"
            );
            WorkerEnd::Spent(counts)
        }
        LoopEnd::Drained(counts) => {
            tracing::info!(
                event = "worker_drained",
                "worker drained as it was asked to, and ends with exit code 0: {counts}"
            );
            WorkerEnd::Drained(counts)
        }
        LoopEnd::AtOnce(counts) => {
            tracing::warn!(event = "worker_ended_at_once", "worker ended at once; its leases run out: {counts}");
            WorkerEnd::AtOnce(counts)
        }
        LoopEnd::Stuck { counts, handlers } => {
            tracing::error!(
                event = "worker_stuck",
                handlers,
                "worker ends because handlers did not stop when they were asked to; what still runs is left to its lease: \
                 {counts}"
            );
            WorkerEnd::Stuck { counts, handlers }
        }
        LoopEnd::Store(error) => return Err(error),
    })
}
