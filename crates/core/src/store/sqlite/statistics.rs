use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use sqlx::SqliteConnection;

use super::batch::Statement;
use super::row::Columns as _;
use super::trouble::Result;
use crate::model::TaskType;
use crate::store::{MinuteTally, QueueCounts, Tally, WaitingType};

/// What the lanes of each queue have together.
pub(super) async fn counts(db: &mut SqliteConnection) -> Result<Vec<QueueCounts>> {
    let mut queues: BTreeMap<String, QueueCounts> = BTreeMap::new();
    for row in Statement::new(include_str!("sql/lanes_counts.sql")).rows(db).await? {
        let queue = row.text("queue")?;
        let counts = queues.entry(queue.clone()).or_insert_with(|| QueueCounts { queue, ..QueueCounts::default() });
        counts.waiting += row.integer("waiting")?.unsigned_abs();
        counts.scheduled += row.integer("scheduled")?.unsigned_abs();
        counts.started += row.integer("started")?.unsigned_abs();
        counts.dead += row.integer("dead")?.unsigned_abs();
        let since = row.maybe_time("since")?;
        counts.oldest_waiting = counts.oldest_waiting.into_iter().chain(since).min();
    }
    Ok(queues.into_values().collect())
}

/// How many tasks of each type wait in each queue, in all its lanes.
pub(super) async fn waiting(db: &mut SqliteConnection) -> Result<Vec<WaitingType>> {
    let mut types: BTreeMap<(String, TaskType), u64> = BTreeMap::new();
    for row in Statement::new(include_str!("sql/lanes_where_tasks_wait.sql")).rows(db).await? {
        *types.entry((row.text("queue")?, row.task_type()?)).or_default() += row.integer("waiting")?.unsigned_abs();
    }
    Ok(types.into_iter().map(|((queue, task_type), tasks)| WaitingType { queue, task_type, tasks }).collect())
}

/// What happened in these minutes.
pub(super) async fn tallies(db: &mut SqliteConnection, minutes: &RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
    let bound = |minute: &u64| i64::try_from(*minute).unwrap_or(i64::MAX);
    let mut statement = Statement::new(include_str!("sql/tallies_get.sql"));
    let mut tallies = Vec::new();
    for row in statement.bind(bound(minutes.start())).bind(bound(minutes.end())).rows(db).await? {
        let count = |column| row.integer(column).map(i64::unsigned_abs);
        let tally = Tally {
            submitted: count("submitted")?,
            started: count("started")?,
            completed: count("completed")?,
            failed: count("failed")?,
            cancelled: count("cancelled")?,
            stalled: count("stalled")?,
            dropped: count("dropped")?,
            retried: count("retried")?,
            lost: count("lost")?,
        };
        tallies.push(MinuteTally { minute: count("minute")?, queue: row.text("queue")?, tally });
    }
    Ok(tallies)
}
