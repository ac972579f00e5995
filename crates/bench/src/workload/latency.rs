use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use jobbers_core::process::{Shutdown, Stores};
use jobbers_worker::{Data, Params, Tasks, WorkerEnd, WorkerSettings, task};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::bench::Bench;
use crate::place::{Kind, Place};
use crate::report::{Section, Spread, Table, grouped, runs};
use crate::{bare, load};

/// A worker's, as in W1.
const SLOTS: u32 = 100;

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

/// Tasks before those that count, as a part of these.
const WARM_UP: usize = 20;

/// What is measured, and what is promised of it.
const SYSTEMS: [(System, &str); 3] = [
    (System::Bare, "–"),
    (System::Jobbers(Kind::Redis), "p50 ≤ 0.5, p99 ≤ 2"),
    (System::Jobbers(Kind::Sqlite), "p50 ≤ 1"),
];

#[derive(Debug, Clone, Copy)]
enum System {
    /// A push and a blocking pop on Redis.
    Bare,
    Jobbers(Kind),
}

impl System {
    const fn name(self) -> &'static str {
        match self {
            Self::Bare => "Redis, a bare push and a blocking pop",
            Self::Jobbers(kind) => kind.name(),
        }
    }

    async fn latencies(self, tasks: usize) -> Result<Vec<Duration>> {
        let mut latencies = match self {
            Self::Bare => {
                let place = Kind::Redis.open()?;
                bare::latency(&place.store_url(), tasks, tasks / WARM_UP, PACE).await?
            }
            Self::Jobbers(kind) => latencies(&*kind.open()?, tasks).await?,
        };
        latencies.sort_unstable();
        Ok(latencies)
    }
}

/// W3: from the submit call to the first line of the handler, on an idle system.
#[derive(Debug)]
pub(super) struct Latencies {
    tasks: usize,
    /// As [`SYSTEMS`] has them; each with its runs, each of these sorted.
    systems: Vec<Vec<Vec<Duration>>>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Latencies> {
    let mut systems = vec![Vec::new(); SYSTEMS.len()];
    for round in bench.rounds() {
        for ((system, _), runs) in SYSTEMS.iter().zip(&mut systems) {
            round.begins("W3", system.name());
            runs.push(system.latencies(bench.latencies).await?);
        }
    }
    Ok(Latencies { tasks: bench.latencies, systems })
}

impl Latencies {
    pub(super) fn section(&self) -> Section {
        let mut table = Table::new("", &["store", "p50, ms", "p99, ms", "longest, ms", "target"]);
        for ((system, target), runs) in SYSTEMS.iter().zip(&self.systems) {
            let at = |part: f64| format!("{:.2}", Spread::of(runs.iter().map(|run| quantile(run, part))));
            table.row([system.name().to_owned(), at(0.50), at(0.99), at(1.0), (*target).to_owned()]);
        }
        let tasks = grouped(self.tasks as f64, 0);
        let work = format!(
            "W3: {tasks} tasks, one every {} ms, {SLOTS} slots, {}",
            PACE.as_millis(),
            runs(self.systems.first().map_or(0, Vec::len))
        );
        Section { name: "w3", work, tables: vec![table], plots: Vec::new() }
    }
}

/// In milliseconds, of sorted latencies.
fn quantile(sorted: &[Duration], part: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1) as f64 * part) as usize;
    sorted.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
}

async fn latencies(place: &Place, tasks: usize) -> Result<Vec<Duration>> {
    let stores = place.connector().connect().await?;
    let (begun, mut begins) = mpsc::unbounded_channel();
    let settings = WorkerSettings { worker_concurrent_tasks: SLOTS, worker_ttl: 0, ..WorkerSettings::default() };
    let shutdown = Shutdown::default();
    let tasks_of_worker = Tasks::new().data(Begun(begun)).register(stamp);
    let worker = start_worker(place, stores.clone(), tasks_of_worker, settings, shutdown.clone());
    let parameters = Bytes::from_static(b"{}");
    let mut latencies = Vec::with_capacity(tasks);
    let mut pace = tokio::time::interval(PACE);
    for number in 0..tasks + tasks / WARM_UP {
        pace.tick().await;
        let task = load::task("stamp", &parameters);
        let submitted = Instant::now();
        stores.tasks.submit(&[task]).await?;
        let begin = begins.recv().await.context("the worker ended")?;
        // The first ones warm up.
        if number >= tasks / WARM_UP {
            latencies.push(begin.saturating_duration_since(submitted));
        }
    }
    shutdown.graceful.cancel();
    worker.await??;
    Ok(latencies)
}

/// On the embedded store as `jobbers dev` runs it, else as its own program does: with connections and a thread of its own.
fn start_worker(
    place: &Place,
    stores: Stores,
    tasks: Tasks,
    settings: WorkerSettings,
    shutdown: Shutdown,
) -> JoinHandle<Result<WorkerEnd>> {
    let connector = place.connector();
    if place.server_pid().is_none() {
        return tokio::spawn(jobbers_worker::run(tasks, settings, connector, stores, shutdown));
    }
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let stores = connector.connect().await?;
            jobbers_worker::run(tasks, settings, connector, stores, shutdown).await
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_each_run() {
        let run = |first: u64| (first..first + 101).map(Duration::from_millis).collect::<Vec<_>>();
        let latencies = Latencies { tasks: 101, systems: vec![vec![run(0), run(10)], vec![run(5)], vec![run(5)]] };
        let rows = &latencies.section().tables[0].rows;
        assert_eq!(rows[0][1..4], ["55.00 (50.00 – 60.00)", "104.00 (99.00 – 109.00)", "105.00 (100.00 – 110.00)"]);
        assert_eq!(rows[1][1], "55.00 (55.00 – 55.00)");
    }
}
