use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use jobbers_conformance::server::Guard;
use jobbers_core::model::{Queue, Status, TaskId, Timestamp};
use jobbers_core::process::Stores;
use jobbers_core::store::{MAX_BATCH, SharedStore};

use crate::meter::Spent;
use crate::place::Place;
use crate::{load, usage};

/// What the worker process may log: it need not be told that its store forgets, for that is meant.
const LOG: &str = "warn,jobbers_core::store::redis::connection=error";

/// What one drain cost.
#[derive(Debug, Clone, Copy)]
pub struct Drain {
    /// From the first claim to the last stored result.
    pub tasks_per_second: f64,
    /// CPU milliseconds per 1,000 tasks.
    pub worker_cpu: f64,
    pub server_cpu: Option<f64>,
    /// The same, of the processes that the worker started.
    pub others_cpu: f64,
    /// Bytes, at its highest.
    pub worker_memory: f64,
    /// By all tasks, in a Redis.
    pub spent: Option<Spent>,
}

/// W1: a worker process with that many slots drains that many waiting no-op tasks, from a queue without limits or with
/// those that are given.
pub async fn drain(place: &Place, worker: &Path, tasks: usize, slots: usize, limits: Option<&Queue>) -> Result<Drain> {
    drain_module(place, worker, "demo", tasks, slots, limits).await
}

/// The same with the `noop` of another task module.
pub async fn drain_module(
    place: &Place,
    worker: &Path,
    module: &str,
    tasks: usize,
    slots: usize,
    limits: Option<&Queue>,
) -> Result<Drain> {
    let Stores { tasks: store, routing } = place.connector().connect().await?;
    if let Some(limits) = limits {
        routing.put_queue(limits, None, store.now().await?).await?;
    }
    let ids = load::submit(&store, "noop", tasks, MAX_BATCH).await?;
    let mut meter = match place.server_pid() {
        Some(_) => Some(place.meter().await?),
        None => None,
    };
    let server_before = place.server_pid().and_then(usage::cpu);
    let mut process = Guard::spawn(
        Command::new(worker)
            .arg(module)
            .env("STORE_URL", place.store_url())
            .env("SQL_PATH", place.sql_path())
            .env("WORKER_CONCURRENT_TASKS", slots.to_string())
            .env("WORKER_TTL", "0")
            .env("RUST_LOG", LOG)
            .stdout(Stdio::null()),
    )
    .with_context(|| format!("starting {}", worker.display()))?;
    wait_for_the_end(&store, &ids, &mut process).await?;
    // Before anything else is asked.
    let spent = match &mut meter {
        Some(meter) => Some(meter.spent().await?),
        None => None,
    };
    let per_thousand = |cpu: Duration| cpu.as_secs_f64() * 1e6 / tasks as f64;
    let worker_cpu = per_thousand(usage::cpu(process.pid()).context("CPU time of the worker")?);
    let others_cpu = per_thousand(usage::descendants_cpu(process.pid()));
    let worker_memory = usage::peak_memory(process.pid()).context("memory of the worker")? as f64;
    let server_after = place.server_pid().and_then(usage::cpu);
    let server_cpu = server_before.zip(server_after).map(|(before, after)| per_thousand(after - before));
    drop(process);
    let seconds = duration(&store, &ids).await?.as_secs_f64();
    Ok(Drain { tasks_per_second: tasks as f64 / seconds, worker_cpu, server_cpu, others_cpu, worker_memory, spent })
}

/// Waits until every task has ended. The order of ends is nearly that of submission, so the last ones are asked.
async fn wait_for_the_end(store: &SharedStore, ids: &[TaskId], process: &mut Guard) -> Result<()> {
    for id in ids.iter().rev() {
        loop {
            let task = store.get(*id).await?.context("a task is gone")?;
            match task.status {
                Status::Completed => break,
                Status::Submitted | Status::Started => tokio::time::sleep(Duration::from_millis(20)).await,
                other => bail!("task {id} is {other}"),
            }
            if let Some(status) = process.ended() {
                bail!("the worker ended: {status}");
            }
        }
        // The rest is counted below, when nothing is measured any more.
        if store.get(ids[0]).await?.is_some_and(|task| task.status == Status::Completed) {
            return Ok(());
        }
    }
    Ok(())
}

/// From the first claim to the last stored result, by the store's clock.
async fn duration(store: &SharedStore, ids: &[TaskId]) -> Result<Duration> {
    let (mut first, mut last) = (Timestamp::MAX, Timestamp::default());
    for id in ids {
        let task = store.get(*id).await?.context("a task is gone")?;
        ensure!(
            task.status == Status::Completed && task.attempt == 1,
            "task {id} is {} after {} attempts",
            task.status,
            task.attempt
        );
        first = first.min(task.started_at.context("no start")?);
        last = last.max(task.ended_at.context("no end")?);
    }
    Ok(last.since(first).max(Duration::from_millis(1)))
}
