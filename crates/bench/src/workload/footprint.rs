use anyhow::{Context as _, Result, ensure};
use jobbers_core::process::{Shutdown, Stores};
use jobbers_core::store::MAX_BATCH;
use jobbers_worker::{Tasks, WorkerSettings, task};

use crate::bench::Bench;
use crate::drain::{Drain, drain};
use crate::load;
use crate::meter::Spent;
use crate::place::Kind;
use crate::report::{Section, Spread, Table, grouped, runs};

const SLOTS: usize = 100;

/// Answers 20 bytes of JSON.
#[task(version = 1, max_concurrent = "none")]
async fn answer() -> Result<String, String> {
    Ok("x".repeat(18))
}

/// Bytes of Redis memory a task.
#[derive(Debug, Clone, Copy)]
struct Memory {
    waiting: f64,
    ended: f64,
}

/// W4: what a task takes of everything, on Redis.
#[derive(Debug)]
pub(super) struct Footprint {
    tasks: usize,
    /// A figure a run.
    memory: Vec<Memory>,
    drains: Vec<Drain>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Footprint> {
    let (mut memory, mut drains) = (Vec::new(), Vec::new());
    for round in bench.rounds() {
        round.begins("W4", "memory of waiting and of ended tasks");
        memory.push(remembered(bench.tasks).await?);
        round.begins("W4", "cost of a drain");
        drains.push(drain(&*Kind::Redis.open()?, &bench.worker, bench.tasks, SLOTS, None).await?);
    }
    Ok(Footprint { tasks: bench.tasks, memory, drains })
}

/// What the data of Redis grows by for each task: while all wait, and when a worker has ended them all and is gone.
async fn remembered(tasks: usize) -> Result<Memory> {
    let place = Kind::Redis.open()?;
    let connector = place.connector();
    let stores = connector.connect().await?;
    let mut meter = place.meter().await?;
    let empty = meter.memory().await?;
    let ids = load::submit(&stores.tasks, "answer", tasks, MAX_BATCH).await?;
    let waiting = meter.memory().await?;
    // It ends by itself when it has run them all.
    let settings = WorkerSettings {
        worker_concurrent_tasks: u32::try_from(SLOTS)?,
        worker_ttl: tasks as u64,
        ..WorkerSettings::default()
    };
    let Stores { tasks: store, .. } = stores.clone();
    jobbers_worker::run(Tasks::new().register(answer), settings, connector, stores, Shutdown::default()).await?;
    let ended = meter.memory().await?;
    let last = ids.last().context("no tasks")?;
    let result = store.get(*last).await?.and_then(|task| task.result).context("the last task has no result")?;
    ensure!(result.len() == 20, "the result has {} bytes, not 20", result.len());
    let each = |memory: f64| (memory - empty) / tasks as f64;
    Ok(Memory { waiting: each(waiting), ended: each(ended) })
}

impl Footprint {
    pub(super) fn section(&self) -> Section {
        let memory = |figure: fn(&Memory) -> f64| Spread::of(self.memory.iter().map(figure)).to_string();
        let drained = |figure: fn(&Drain) -> f64| format!("{:.1}", Spread::of(self.drains.iter().map(figure)));
        let a_task = |figure: fn(&Spent) -> f64, per: usize| {
            let spent = self.drains.iter().filter_map(|run| run.spent.as_ref());
            let each = spent.map(|spent| figure(spent) * per as f64 / self.tasks as f64);
            format!("{:.1}", Spread::of(each))
        };
        let mut table = Table::new("", &["on Redis", "measured", "target"]);
        let mut row =
            |name: &str, figure: String, target: &str| table.row([name.to_owned(), figure, target.to_owned()]);
        row("memory of a waiting task, bytes", memory(|of| of.waiting), "≤ 300");
        row("memory of an ended task with a result of 20 bytes, bytes", memory(|of| of.ended), "≤ 600");
        row("worker at its highest, MB", drained(|run| run.worker_memory / 1e6), "≤ 20");
        row("worker CPU, ms per 1,000 tasks", drained(|run| run.worker_cpu), "≤ 15");
        row("Redis CPU, ms per 1,000 tasks", drained(|run| run.server_cpu.unwrap_or(f64::NAN)), "–");
        row("time in scripts, µs a task", a_task(|spent| spent.script_microseconds, 1), "–");
        row("calls of scripts per 1,000 tasks", a_task(|spent| spent.scripts, 1_000), "–");
        row("Redis commands a task, those in scripts too", a_task(|spent| spent.commands, 1), "–");
        let work = format!("W4: {} tasks, {SLOTS} slots, {}", grouped(self.tasks as f64, 0), runs(self.drains.len()));
        Section { name: "w4", work, tables: vec![table], plots: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_tasks_have_spent_is_told_for_one() {
        let spent = Spent { scripts: 4.0, script_microseconds: 2_500.0, commands: 900.0, cpu_microseconds: 0.0 };
        let drain = Drain {
            tasks_per_second: 1.0,
            worker_cpu: 12.0,
            server_cpu: Some(20.0),
            others_cpu: 0.0,
            worker_memory: 9e6,
            spent: Some(spent),
        };
        let memory = vec![Memory { waiting: 287.0, ended: 500.0 }];
        let section = Footprint { tasks: 100, memory, drains: vec![drain] }.section();
        let figures: Vec<&str> = section.tables[0].rows.iter().map(|row| row[1].as_str()).collect();
        let expected = [
            "287 (287 – 287)",
            "500 (500 – 500)",
            "9.0 (9.0 – 9.0)",
            "12.0 (12.0 – 12.0)",
            "20.0 (20.0 – 20.0)",
            "25.0 (25.0 – 25.0)",
            "40.0 (40.0 – 40.0)",
            "9.0 (9.0 – 9.0)",
        ];
        assert_eq!(figures, expected);
    }
}
