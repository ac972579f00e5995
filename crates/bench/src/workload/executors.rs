use std::path::Path;

use anyhow::{Context as _, Result};

use crate::bare;
use crate::bench::Bench;
use crate::drain::{Drain, drain_module};
use crate::place::Kind;
use crate::report::{Section, Spread, Table, grouped, runs};

/// A task that does nothing, in Python.
const PYTHON: &str = "from jobbers.registry import register_task

@register_task(name=\"noop\", version=1, max_concurrent=None)
async def noop(**kwargs):
    return None
";
/// The same as a command.
const COMMAND: &str = "[[task]]
name = \"noop\"
version = 1
command = [\"/bin/true\"]
max_concurrent = \"none\"
";

/// A task module, a worker's slots, and what part of the tasks is enough to measure it.
#[derive(Debug, Clone, Copy)]
struct Setup {
    name: &'static str,
    file: Option<(&'static str, &'static str)>,
    slots: usize,
    part: usize,
    target: &'static str,
}

const SETUPS: [Setup; 4] = [
    Setup { name: "Rust, 100 slots", file: None, slots: 100, part: 1, target: "–" },
    Setup {
        name: "Python, one host, 100 slots",
        file: Some(("tasks.py", PYTHON)),
        slots: 100,
        part: 2,
        target: "≥ 2,500/s",
    },
    Setup { name: "Python, one host, 10 slots", file: Some(("tasks.py", PYTHON)), slots: 10, part: 2, target: "–" },
    Setup {
        name: "command (`true`), 10 slots", file: Some(("tasks.toml", COMMAND)), slots: 10, part: 20, target: "–"
    },
];

/// No-op tasks of each kind on Redis, beside a loop that only starts processes.
#[derive(Debug)]
pub(super) struct Executors {
    tasks: usize,
    /// Processes per second of the bare loop, a figure a run.
    bare: Vec<f64>,
    /// As [`SETUPS`] has them, each with its runs.
    setups: Vec<Vec<Drain>>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Executors> {
    let folder = tempfile::tempdir()?;
    let mut bare = Vec::new();
    let mut setups = vec![Vec::new(); SETUPS.len()];
    for round in bench.rounds() {
        round.begins("executors", "a loop that starts processes");
        bare.push(bare::exec("/bin/true", (bench.tasks / 20).max(10))?);
        for (setup, runs) in SETUPS.iter().zip(&mut setups) {
            round.begins("executors", setup.name);
            let module = module(*setup, folder.path())?;
            let tasks = (bench.tasks / setup.part).max(10);
            runs.push(drain_module(&*Kind::Redis.open()?, &bench.worker, &module, tasks, setup.slots, None).await?);
        }
    }
    Ok(Executors { tasks: bench.tasks, bare, setups })
}

fn module(setup: Setup, folder: &Path) -> Result<String> {
    let Some((name, text)) = setup.file else { return Ok("demo".to_owned()) };
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file.to_str().context("a temporary folder whose name is not a text")?.to_owned())
}

impl Executors {
    pub(super) fn section(&self) -> Section {
        let head = [
            "a task is",
            "tasks/s",
            "% of the bare loop",
            "target",
            "worker CPU, ms per 1,000",
            "CPU of what it started, ms per 1,000",
            "Redis CPU, ms per 1,000",
        ];
        let mut table = Table::new("", &head);
        let dash = || "–".to_owned();
        let rate = Spread::of(self.bare.iter().copied());
        let bare = "nothing: a bare loop that starts `true`, one after the other";
        table.row([bare.to_owned(), rate.to_string(), "100".into(), dash(), dash(), dash(), dash()]);
        for (setup, runs) in SETUPS.iter().zip(&self.setups) {
            let of = |figure: fn(&Drain) -> f64| format!("{:.1}", Spread::of(runs.iter().map(figure)));
            let rates: Vec<f64> = runs.iter().map(|run| run.tasks_per_second).collect();
            let share = Spread::of_ratios(&rates, &self.bare).times(100.0).to_string();
            table.row([
                setup.name.to_owned(),
                Spread::of(rates.iter().copied()).to_string(),
                share,
                setup.target.to_owned(),
                of(|run| run.worker_cpu),
                of(|run| run.others_cpu),
                of(|run| run.server_cpu.unwrap_or(f64::NAN)),
            ]);
        }
        let work = format!(
            "executors: {} waiting no-op tasks on Redis, of Python half and of commands a twentieth of them, {}",
            grouped(self.tasks as f64, 0),
            runs(self.bare.len())
        );
        Section { name: "executors", work, tables: vec![table], plots: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_set_beside_the_bare_loop_of_its_run() {
        let run = |tasks_per_second| Drain {
            tasks_per_second,
            worker_cpu: 1.0,
            server_cpu: Some(2.0),
            others_cpu: 3.0,
            worker_memory: 0.0,
            spent: None,
        };
        let setups = vec![vec![run(1_000.0), run(3_000.0)]; SETUPS.len()];
        let rows = Executors { tasks: 100, bare: vec![1_000.0, 1_500.0], setups }.section().tables[0].rows.clone();
        assert_eq!(rows.len(), SETUPS.len() + 1);
        assert_eq!(
            rows[2][2..],
            ["150 (100 – 200)", "≥ 2,500/s", "1.0 (1.0 – 1.0)", "3.0 (3.0 – 3.0)", "2.0 (2.0 – 2.0)"]
        );
    }
}
