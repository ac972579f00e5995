use anyhow::Result;
use jobbers_core::model::{DEFAULT_QUEUE, Period, Queue, RateLimit};

use crate::bench::Bench;
use crate::drain::{Drain, drain};
use crate::place::Kind;
use crate::report::{Section, Spread, Table, grouped, runs};

const SLOTS: usize = 100;
const STORES: [Kind; 2] = [Kind::Redis, Kind::Sqlite];
/// Holds nothing back.
const MANY: u32 = 1_000_000;

/// Which limits a queue has.
#[derive(Debug, Clone, Copy)]
struct Limits {
    name: &'static str,
    one_worker: bool,
    total: bool,
    rate: bool,
}

/// The first one is what the others are compared with.
const LIMITS: [Limits; 5] = [
    Limits { name: "without limits", one_worker: false, total: false, rate: false },
    Limits { name: "a limit for one worker", one_worker: true, total: false, rate: false },
    Limits { name: "a limit over all workers", one_worker: false, total: true, rate: false },
    Limits { name: "a rate limit", one_worker: false, total: false, rate: true },
    Limits { name: "all three", one_worker: true, total: true, rate: true },
];

impl Limits {
    fn queue(self) -> Queue {
        let rate = RateLimit { numerator: MANY, denominator: 1, period: Period::Second };
        Queue {
            name: DEFAULT_QUEUE.to_owned(),
            max_concurrent: self.one_worker.then_some(MANY),
            max_concurrent_total: self.total.then_some(MANY),
            rate: self.rate.then_some(rate),
            ..Queue::default()
        }
    }
}

/// W6: W1 with limits that hold nothing back.
#[derive(Debug)]
pub(super) struct Losses {
    tasks: usize,
    /// As [`STORES`] and in it [`LIMITS`] have them; each with its runs.
    stores: Vec<Vec<Vec<Drain>>>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Losses> {
    let mut stores = vec![vec![Vec::new(); LIMITS.len()]; STORES.len()];
    for round in bench.rounds() {
        for (kind, of_store) in STORES.iter().zip(&mut stores) {
            for (limits, runs) in LIMITS.iter().zip(of_store) {
                round.begins("W6", &format!("{}, {}", kind.name(), limits.name));
                let queue = limits.queue();
                runs.push(drain(&*kind.open()?, &bench.worker, bench.tasks, SLOTS, Some(&queue)).await?);
            }
        }
    }
    Ok(Losses { tasks: bench.tasks, stores })
}

impl Losses {
    pub(super) fn section(&self) -> Section {
        let head = [
            "",
            "tasks/s",
            "loss, %",
            "worker CPU, ms per 1,000",
            "more of it, %",
            "Redis CPU, ms per 1,000",
            "target",
        ];
        let mut table = Table::new("", &head);
        for (kind, of_store) in STORES.iter().zip(&self.stores) {
            let rates = |runs: &[Drain]| runs.iter().map(|run| run.tasks_per_second).collect::<Vec<_>>();
            let cpu = |runs: &[Drain]| runs.iter().map(|run| run.worker_cpu).collect::<Vec<_>>();
            let base = of_store.first().map(Vec::as_slice).unwrap_or_default();
            let (base_rates, base_cpu) = (rates(base), cpu(base));
            for (limits, runs) in LIMITS.iter().zip(of_store) {
                let kept = Spread::of_ratios(&rates(runs), &base_rates);
                let lost =
                    Spread { median: 1.0 - kept.median, smallest: 1.0 - kept.largest, largest: 1.0 - kept.smallest };
                let used = Spread::of_ratios(&cpu(runs), &base_cpu);
                let more = Spread::of([used.smallest - 1.0, used.median - 1.0, used.largest - 1.0]);
                let server: Option<Vec<f64>> = runs.iter().map(|run| run.server_cpu).collect();
                table.row([
                    format!("{}, {}", kind.name(), limits.name),
                    Spread::of(rates(runs)).to_string(),
                    lost.times(100.0).to_string(),
                    format!("{:.1}", Spread::of(cpu(runs))),
                    more.times(100.0).to_string(),
                    server.map_or_else(|| "–".to_owned(), |cpu| format!("{:.1}", Spread::of(cpu))),
                    "loss ≤ 10 %".to_owned(),
                ]);
            }
        }
        let often = runs(self.stores.first().and_then(|store| store.first()).map_or(0, Vec::len));
        let tasks = grouped(self.tasks as f64, 0);
        let work = format!("W6: {tasks} waiting tasks, {SLOTS} slots, {often}");
        Section { name: "w6", work, tables: vec![table], plots: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_told_against_the_same_run_without_limits() {
        let run = |tasks_per_second, worker_cpu| Drain {
            tasks_per_second,
            worker_cpu,
            server_cpu: None,
            others_cpu: 0.0,
            worker_memory: 0.0,
            spent: None,
        };
        let with = vec![run(90.0, 11.0), run(160.0, 12.0)];
        let store = vec![vec![run(100.0, 10.0), run(200.0, 10.0)], with.clone(), with.clone(), with.clone(), with];
        let section = Losses { tasks: 10, stores: vec![store.clone(), store] }.section();
        let row = &section.tables[0].rows[1];
        assert_eq!((row[2].as_str(), row[4].as_str()), ("15 (10 – 20)", "15 (10 – 20)"));
    }

    #[test]
    fn each_set_of_limits_differs_from_the_others() {
        let queues = LIMITS.map(Limits::queue);
        for (place, queue) in queues.iter().enumerate() {
            assert!(!queues[..place].contains(queue), "{}", LIMITS[place].name);
        }
    }
}
