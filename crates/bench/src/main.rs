use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser;
use jobbers_bench::{Place, Spread, bare, drain, http, latency, machine};
use jobbers_core::model::{DEFAULT_QUEUE, Period, Queue, RateLimit};

/// Measures Jobbers on stores of its own: W1 (drain) and W3 (latency), beside a bare Lua worker
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<http::Command>,
    /// Tasks that are drained
    #[arg(long, default_value_t = 50_000)]
    tasks: usize,
    /// Tasks whose latency is measured
    #[arg(long, default_value_t = 2_000)]
    latencies: usize,
    /// Times that each workload is run
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// The worker's program; by default the one beside this
    #[arg(long)]
    worker: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = Arguments::parse();
    if let Some(command) = arguments.command.take() {
        return command.run().await;
    }
    let worker = match arguments.worker.clone() {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("jobbers_worker"),
    };
    anyhow::ensure!(worker.exists(), "{} is missing: build it with `cargo build --release`", worker.display());
    println!("{}; {} tasks, {} runs; median (smallest – largest)", machine(), arguments.tasks, arguments.runs);
    let limit = bare_drain(&arguments).await?;
    println!("bare worker, Redis, batches of 50, 2 connections: {limit} tasks/s");
    for slots in [10, 100] {
        for new in [Place::redis, Place::sqlite] {
            report_drain(&arguments, &worker, new, slots, limit).await?;
        }
    }
    for new in [Place::redis, Place::sqlite] {
        report_limits(&arguments, &worker, new).await?;
    }
    for new in [Place::redis, Place::sqlite] {
        report_latency(&arguments, new).await?;
    }
    Ok(())
}

async fn bare_drain(arguments: &Arguments) -> Result<Spread> {
    let mut rates = Vec::new();
    for _ in 0..arguments.runs {
        let place = Place::redis()?;
        rates.push(bare::drain(&place.store_url(), arguments.tasks, &[b' '; 119]).await?);
    }
    Ok(Spread::of(rates))
}

async fn report_drain(
    arguments: &Arguments,
    worker: &std::path::Path,
    new: fn() -> Result<Arc<Place>>,
    slots: usize,
    limit: Spread,
) -> Result<()> {
    let (mut runs, mut name) = (Vec::new(), "");
    for _ in 0..arguments.runs {
        let place = new()?;
        name = place.name();
        runs.push(drain(&place, worker, arguments.tasks, slots, None).await?);
    }
    let rate = Spread::of(runs.iter().map(|run| run.tasks_per_second));
    println!(
        "W1 {name}, {slots} slots: {rate} tasks/s, {:.0} % of the bare worker",
        100.0 * rate.median / limit.median
    );
    let worker_cpu = Spread::of(runs.iter().map(|run| run.worker_cpu));
    let memory = Spread::of(runs.iter().map(|run| run.worker_memory as f64 / 1e6));
    print!("   worker: {worker_cpu:.1} ms CPU per 1,000 tasks, {memory:.1} MB at its highest");
    let server: Vec<f64> = runs.iter().filter_map(|run| run.server_cpu).collect();
    if server.is_empty() {
        println!();
    } else {
        println!("; Redis: {:.1} ms CPU per 1,000 tasks", Spread::of(server));
    }
    Ok(())
}

/// What limits cost that hold nothing back: runs with and without them in turns.
async fn report_limits(arguments: &Arguments, worker: &std::path::Path, new: fn() -> Result<Arc<Place>>) -> Result<()> {
    const SLOTS: usize = 100;
    let rate = RateLimit { numerator: 1_000_000, denominator: 1, period: Period::Second };
    let queue =
        |total, rate| Queue { name: DEFAULT_QUEUE.into(), max_concurrent_total: total, rate, ..Queue::default() };
    let kinds = [
        ("without limits", queue(None, None)),
        ("with a limit over all workers", queue(Some(1_000_000), None)),
        ("with a rate limit", queue(None, Some(rate))),
        ("with both", queue(Some(1_000_000), Some(rate))),
    ];
    let (mut rates, mut name) = (vec![Vec::new(); kinds.len()], "");
    for _ in 0..arguments.runs {
        for ((_, limits), rates) in kinds.iter().zip(&mut rates) {
            let place = new()?;
            name = place.name();
            rates.push(drain(&place, worker, arguments.tasks, SLOTS, Some(limits)).await?.tasks_per_second);
        }
    }
    let rates: Vec<Spread> = rates.into_iter().map(Spread::of).collect();
    for ((kind, _), rate) in kinds.iter().zip(&rates) {
        let part = 100.0 * rate.median / rates[0].median;
        println!("W1 {name}, {SLOTS} slots, {kind}: {rate} tasks/s, {part:.0} % of that without");
    }
    Ok(())
}

async fn report_latency(arguments: &Arguments, new: fn() -> Result<Arc<Place>>) -> Result<()> {
    let (mut runs, mut name) = (Vec::new(), "");
    for _ in 0..arguments.runs {
        let place = new()?;
        name = place.name();
        runs.push(latency(&place, arguments.latencies, 100).await?);
    }
    let quantile = |of: f64| {
        let figures = runs.iter().filter_map(|run| run.get(((run.len() - 1) as f64 * of) as usize));
        Spread::of(figures.map(|latency| latency.as_secs_f64() * 1e3))
    };
    let longest = Spread::of(runs.iter().filter_map(|run| run.last()).map(|latency| latency.as_secs_f64() * 1e3));
    println!("W3 {name}: p50 {:.2} ms, p99 {:.2} ms, longest {longest:.2} ms", quantile(0.50), quantile(0.99));
    runs.first().context("no runs").map(drop)
}
