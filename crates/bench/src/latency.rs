use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use jobbers_core::process::Shutdown;
use jobbers_worker::{Data, Params, Tasks, WorkerSettings, task};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::load;
use crate::place::Place;

/// Time between two submissions.
const PACE: Duration = Duration::from_millis(5);

#[derive(Deserialize, JsonSchema)]
struct Empty {}

/// Where the handler says when it began.
struct Begun(mpsc::UnboundedSender<Instant>);

#[task(version = 1, max_concurrent = "none")]
async fn stamp(Params(_): Params<Empty>, Data(begun): Data<Begun>) -> Result<(), String> {
    begun.0.send(Instant::now()).map_err(|error| error.to_string())
}

/// W3: an idle worker; from the submit call to the first line of the handler, sorted.
pub async fn latency(place: &Place, tasks: usize, slots: u32) -> Result<Vec<Duration>> {
    let connector = place.connector();
    let stores = connector.connect().await?;
    let (begun, mut begins) = mpsc::unbounded_channel();
    let settings = WorkerSettings { worker_concurrent_tasks: slots, worker_ttl: 0, ..WorkerSettings::default() };
    let shutdown = Shutdown::default();
    let worker = tokio::spawn(jobbers_worker::run(
        Tasks::new().data(Begun(begun)).register(stamp),
        settings,
        connector,
        stores.clone(),
        shutdown.clone(),
    ));
    let parameters = Bytes::from_static(b"{}");
    let mut latencies = Vec::with_capacity(tasks);
    let mut pace = tokio::time::interval(PACE);
    for number in 0..tasks + tasks / 20 {
        pace.tick().await;
        let task = load::task("stamp", &parameters);
        let submitted = Instant::now();
        stores.tasks.submit(&[task]).await?;
        let begin = begins.recv().await.context("the worker ended")?;
        // The first ones warm up.
        if number >= tasks / 20 {
            latencies.push(begin.saturating_duration_since(submitted));
        }
    }
    shutdown.graceful.cancel();
    worker.await??;
    latencies.sort_unstable();
    Ok(latencies)
}
