use std::time::{Duration, Instant};

use super::batch::{Batch, Statement};
use super::database::Database;
use super::effects::Told;
use super::hub::Hub;
use super::interest::Interest;
use super::layout::meta;
use super::places;
use super::row::{Columns as _, eight_bytes, number};
use super::trouble::Result;
use crate::model::{Timestamp, WorkerId};

/// How often to look even if nothing seems to have changed.
const SLOW_POLL: Duration = Duration::from_secs(1);
/// For how long a neighbour that wrote is taken for one that writes.
const LATELY: Duration = Duration::from_millis(500);

static WAITING: Batch = Batch::new(include_str!("sql/lanes_waiting.sql"), 1);
static TOLD: Batch = Batch::new(include_str!("sql/turns_told.sql"), 1);
static DRAINING: Batch = Batch::new(include_str!("sql/processes_draining.sql"), 1);

/// Other processes on the same file, as far as their commits show. SQLite counts, for the writer's connection, the
/// commits of all others (`PRAGMA data_version`).
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    version: Option<i64>,
    looked: Option<Instant>,
    searched: Option<Instant>,
    written: Option<Instant>,
}

impl Neighbours {
    /// Whether the last look is as long ago.
    pub(super) fn are_due(&self, poll: Duration) -> bool {
        self.looked.is_none_or(|looked| looked.elapsed() >= poll)
    }

    pub(super) fn have_written(&mut self) {
        self.written = Some(Instant::now());
    }

    pub(super) fn were_lately_active(&self) -> bool {
        self.written.is_some_and(|written| written.elapsed() < LATELY)
    }

    /// Passes on what other processes did that somebody here waits for.
    pub(super) async fn look(&mut self, db: &mut dyn Database, hub: &Hub, now: Timestamp) -> Result<()> {
        let version = match Statement::new("PRAGMA data_version").row(db).await? {
            Some(row) => row.integer("data_version")?,
            None => 0,
        };
        // The first look cannot tell: it counts as a change.
        let changed = self.version != Some(version);
        if changed && self.version.is_some() {
            self.have_written();
        }
        self.version = Some(version);
        self.looked = Some(Instant::now());
        if changed {
            hub.missed();
        } else {
            hub.catch_up();
        }
        if changed || self.searched.is_none_or(|searched| searched.elapsed() >= SLOW_POLL) {
            self.searched = Some(Instant::now());
            routing(db, hub).await?;
            claimable(db, hub).await?;
            places::look(db, hub, now).await?;
            told(db, hub).await?;
            draining(db, hub).await?;
        }
        Ok(())
    }
}

async fn claimable(db: &mut dyn Database, hub: &Hub) -> Result<()> {
    let interests = hub.interests();
    let mut queues: Vec<&String> = interests.iter().flat_map(|interest: &Interest| &interest.queues).collect();
    queues.sort_unstable();
    queues.dedup();
    for queues in queues.chunks(crate::store::MAX_BATCH) {
        let mut statement = WAITING.of(queues.len());
        for queue in queues {
            statement.bind(queue.as_str());
        }
        let mut found = Vec::new();
        for row in statement.rows(db).await? {
            found.push((row.text("queue")?, row.task_type()?));
        }
        hub.wake_all(&found);
    }
    Ok(())
}

async fn routing(db: &mut dyn Database, hub: &Hub) -> Result<()> {
    if hub.awaits_routing() {
        hub.tell_routing(changes_of_routing(db).await?);
    }
    Ok(())
}

/// How often queues or roles have changed.
pub(super) async fn changes_of_routing(db: &mut dyn Database) -> Result<i64> {
    Ok(meta(db, "routing").await?.and_then(|changes| changes.parse().ok()).unwrap_or_default())
}

async fn told(db: &mut dyn Database, hub: &Hub) -> Result<()> {
    for workers in hub.workers().chunks(crate::store::MAX_BATCH) {
        let mut statement = TOLD.of(workers.len());
        for worker in workers {
            statement.bind(number(worker.to_bytes()));
        }
        for row in statement.rows(db).await? {
            let worker = WorkerId::from_bytes(eight_bytes(row.integer("worker")?));
            hub.tell(&Told { worker, times: row.integer("told")? });
        }
    }
    Ok(())
}

async fn draining(db: &mut dyn Database, hub: &Hub) -> Result<()> {
    for workers in hub.workers_that_may_drain().chunks(crate::store::MAX_BATCH) {
        let mut statement = DRAINING.of(workers.len());
        for worker in workers {
            statement.bind(number(worker.to_bytes()));
        }
        for row in statement.rows(db).await? {
            hub.drain(WorkerId::from_bytes(eight_bytes(row.integer("process")?)));
        }
    }
    Ok(())
}
