use anyhow::Result;

use crate::bare;
use crate::bench::Bench;
use crate::drain::{Drain, drain};
use crate::place::Kind;
use crate::report::{Section, Spread, Table, grouped, runs};

/// A store, and a worker's slots.
#[derive(Debug, Clone, Copy)]
struct Setup {
    kind: Kind,
    slots: usize,
    /// What is promised.
    target: Target,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    /// Percent of the bare worker on the same server.
    Share {
        least: u8,
        goal: u8,
    },
    /// Tasks a second.
    Rate(f64),
    None,
}

const SETUPS: [Setup; 5] = [
    Setup { kind: Kind::Redis, slots: 10, target: Target::None },
    Setup { kind: Kind::Redis, slots: 100, target: Target::Share { least: 50, goal: 65 } },
    Setup { kind: Kind::RedisWithAof, slots: 100, target: Target::Share { least: 50, goal: 65 } },
    Setup { kind: Kind::Sqlite, slots: 10, target: Target::None },
    Setup { kind: Kind::Sqlite, slots: 100, target: Target::Rate(8_000.0) },
];

/// W1: a worker process drains waiting no-op tasks, beside the bare worker.
#[derive(Debug)]
pub(super) struct Drains {
    tasks: usize,
    /// Tasks per second, a figure a run.
    bare: Vec<f64>,
    bare_with_aof: Vec<f64>,
    /// As [`SETUPS`] has them, each with its runs.
    setups: Vec<Vec<Drain>>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Drains> {
    let (mut bare, mut bare_with_aof) = (Vec::new(), Vec::new());
    let mut setups = vec![Vec::new(); SETUPS.len()];
    for round in bench.rounds() {
        for (kind, rates) in [(Kind::Redis, &mut bare), (Kind::RedisWithAof, &mut bare_with_aof)] {
            round.begins("W1", &format!("bare worker, {}", kind.name()));
            rates.push(bare::drain(&kind.open()?.store_url(), bench.tasks).await?);
        }
        for (setup, runs) in SETUPS.iter().zip(&mut setups) {
            round.begins("W1", &format!("{}, {} slots", setup.kind.name(), setup.slots));
            runs.push(drain(&*setup.kind.open()?, &bench.worker, bench.tasks, setup.slots, None).await?);
        }
    }
    Ok(Drains { tasks: bench.tasks, bare, bare_with_aof, setups })
}

impl Drains {
    pub(super) fn section(&self) -> Section {
        let head = [
            "store and slots",
            "tasks/s",
            "% of the bare worker",
            "target",
            "worker CPU, ms per 1,000",
            "Redis CPU, ms per 1,000",
            "worker at its highest, MB",
        ];
        let mut table = Table::new("", &head);
        for (name, rates) in [("bare worker, Redis", &self.bare), ("bare worker, Redis with AOF", &self.bare_with_aof)]
        {
            let rate = Spread::of(rates.iter().copied());
            let dash = || "–".to_owned();
            table.row([name.to_owned(), rate.to_string(), "100".into(), dash(), dash(), dash(), dash()]);
        }
        for (setup, runs) in SETUPS.iter().zip(&self.setups) {
            table.row(self.cells(*setup, runs));
        }
        let work = format!("W1: {} waiting tasks, {}", grouped(self.tasks as f64, 0), runs(self.bare.len()));
        Section { name: "w1", work, tables: vec![table], plots: Vec::new() }
    }

    fn cells(&self, setup: Setup, runs: &[Drain]) -> [String; 7] {
        let rates: Vec<f64> = runs.iter().map(|run| run.tasks_per_second).collect();
        let bare = if setup.kind == Kind::RedisWithAof { &self.bare_with_aof } else { &self.bare };
        let of = |figure: fn(&Drain) -> f64| Spread::of(runs.iter().map(figure));
        let server: Option<Vec<f64>> = runs.iter().map(|run| run.server_cpu).collect();
        [
            format!("{}, {} slots", setup.kind.name(), setup.slots),
            Spread::of(rates.iter().copied()).to_string(),
            Spread::of_ratios(&rates, bare).times(100.0).to_string(),
            setup.target.to_string(),
            format!("{:.1}", of(|run| run.worker_cpu)),
            server.map_or_else(|| "–".to_owned(), |cpu| format!("{:.1}", Spread::of(cpu))),
            format!("{:.1}", of(|run| run.worker_memory / 1e6)),
        ]
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Share { least, goal } => write!(f, "≥ {goal} % (least {least} %)"),
            Self::Rate(rate) => write!(f, "≥ {}/s", grouped(*rate, 0)),
            Self::None => f.write_str("–"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(tasks_per_second: f64) -> Drain {
        Drain { tasks_per_second, worker_cpu: 12.0, server_cpu: None, others_cpu: 0.0, worker_memory: 9e6, spent: None }
    }

    #[test]
    fn each_row_is_compared_with_the_bare_worker_on_the_same_kind_of_server() {
        let setups = SETUPS.map(|_| vec![run(20_000.0), run(10_000.0)]).into();
        let drains = Drains { tasks: 10, bare: vec![40_000.0; 2], bare_with_aof: vec![20_000.0; 2], setups };
        let table = &drains.section().tables[0];
        let shares: Vec<&str> = table.rows.iter().map(|row| row[2].as_str()).collect();
        let (of_redis, of_aof) = ("38 (25 – 50)", "75 (50 – 100)");
        assert_eq!(shares, ["100", "100", of_redis, of_redis, of_aof, of_redis, of_redis]);
        assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
    }
}
