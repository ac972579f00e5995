use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use jobbers_core::model::TaskType;
use jobbers_core::operation::submit_all::Item;
use jobbers_core::operation::{Operations, Submission, Submitted};
use jobbers_core::process::Stores;
use jobbers_core::store::MAX_BATCH;

use crate::bench::Bench;
use crate::place::Kind;
use crate::report::{Section, Spread, Table, grouped, runs};
use crate::{bare, load};

/// How tasks are brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The store's step alone.
    Step,
    /// The whole operation, as the manager does it: checked, with its queue looked up, and with what was stored
    /// answered.
    Operation,
}

const WAYS: [(Way, &str); 2] = [(Way::Step, "the store's step"), (Way::Operation, "the operation")];
const KINDS: [Kind; 2] = [Kind::Redis, Kind::Sqlite];
/// Of so many tasks that go in batches, one goes alone.
const PART_ALONE: usize = 10;

/// Tasks per second, a figure a run.
#[derive(Debug, Default, Clone)]
struct Rates {
    alone: Vec<f64>,
    batched: Vec<f64>,
}

/// W2 in process: one producer, which waits for each answer.
#[derive(Debug)]
pub(super) struct Submissions {
    tasks: usize,
    bare: Rates,
    /// Each of [`WAYS`] on each of [`KINDS`].
    rates: Vec<(Kind, &'static str, Rates)>,
}

pub(super) async fn measure(bench: &Bench) -> Result<Submissions> {
    let (tasks, few) = (bench.tasks, bench.tasks.div_ceil(PART_ALONE));
    let mut bare = Rates::default();
    let mut rates: Vec<(Kind, &'static str, Rates)> =
        KINDS.iter().flat_map(|kind| WAYS.map(|(_, name)| (*kind, name, Rates::default()))).collect();
    for round in bench.rounds() {
        round.begins("W2", "bare submission");
        bare.batched.push(bare::submit(&Kind::Redis.open()?.store_url(), tasks, bare::SUBMIT_BATCH).await?);
        bare.alone.push(bare::submit(&Kind::Redis.open()?.store_url(), few, 1).await?);
        for ((kind, name, rates), (way, _)) in rates.iter_mut().zip(WAYS.iter().cycle()) {
            round.begins("W2", &format!("{}, {name}", kind.name()));
            rates.batched.push(rate(*kind, *way, tasks, MAX_BATCH).await?);
            rates.alone.push(rate(*kind, *way, few, 1).await?);
        }
    }
    Ok(Submissions { tasks, bare, rates })
}

async fn rate(kind: Kind, way: Way, tasks: usize, batch: usize) -> Result<f64> {
    let place = kind.open()?;
    let stores = place.connector().connect().await?;
    let took = match way {
        Way::Step => by_step(&stores, tasks, batch).await?,
        Way::Operation => by_operation(stores, tasks, batch).await?,
    };
    Ok(tasks as f64 / took.as_secs_f64())
}

async fn by_step(stores: &Stores, tasks: usize, batch: usize) -> Result<Duration> {
    load::submit(&stores.tasks, "noop", 1, 1).await?;
    let begin = Instant::now();
    load::submit(&stores.tasks, "noop", tasks, batch).await?;
    Ok(begin.elapsed())
}

async fn by_operation(stores: Stores, tasks: usize, batch: usize) -> Result<Duration> {
    let operations = Operations::new(stores, true);
    let submission = || Submission::new(TaskType::new("noop", 1), Bytes::from_static(load::PARAMETERS));
    operations.submit(submission()).await?;
    let begin = Instant::now();
    for first in (0..tasks).step_by(batch) {
        if batch == 1 {
            ensure!(matches!(operations.submit(submission()).await?, Submitted::Created(_)), "a task is no new one");
            continue;
        }
        let some = (first..tasks.min(first + batch)).map(|_| submission()).collect();
        for item in operations.submit_all(some).await? {
            ensure!(matches!(item?, Item::Stored { .. }), "a task is no new one");
        }
    }
    Ok(begin.elapsed())
}

impl Submissions {
    pub(super) fn section(&self) -> Section {
        let head = ["", "one at a time, tasks/s", "% of bare", "in batches of 500, tasks/s", "% of bare", "target"];
        let mut table = Table::new("", &head);
        let spread = |rates: &[f64]| Spread::of(rates.iter().copied()).to_string();
        let share = |rates: &[f64], bare: &[f64]| Spread::of_ratios(rates, bare).times(100.0).to_string();
        let (alone, batched) = (spread(&self.bare.alone), spread(&self.bare.batched));
        table.row(["bare, Redis".to_owned(), alone, "100".into(), batched, "100".into(), "–".into()]);
        for (kind, name, rates) in &self.rates {
            table.row([
                format!("{}, {name}", kind.name()),
                spread(&rates.alone),
                share(&rates.alone, &self.bare.alone),
                spread(&rates.batched),
                share(&rates.batched, &self.bare.batched),
                if *kind == Kind::Redis { "batches ≥ 75 %".to_owned() } else { "–".to_owned() },
            ]);
        }
        let work = format!(
            "W2 in process: {} tasks in batches, {} one at a time, {}",
            grouped(self.tasks as f64, 0),
            grouped(self.tasks.div_ceil(PART_ALONE) as f64, 0),
            runs(self.bare.alone.len())
        );
        Section { name: "w2", work, tables: vec![table], plots: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_is_compared_with_the_bare_submission_of_the_same_size() {
        let bare = Rates { alone: vec![8_000.0], batched: vec![100_000.0] };
        let rates = vec![(Kind::Redis, "the store's step", Rates { alone: vec![4_000.0], batched: vec![80_000.0] })];
        let section = Submissions { tasks: 100, bare, rates }.section();
        let row = &section.tables[0].rows[1];
        assert_eq!((row[2].as_str(), row[4].as_str()), ("50 (50 – 50)", "80 (80 – 80)"));
        assert!(section.work.contains("100 tasks in batches, 10 one at a time"), "{}", section.work);
    }
}
