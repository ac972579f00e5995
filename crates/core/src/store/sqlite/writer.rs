use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::batch::Statement;
use super::clock::Clock;
use super::database::Database;
use super::effects::Effects;
use super::hub::Hub;
use super::job::{Job, Tx};
use super::neighbours::Neighbours;
use super::places;
use super::trouble::{Result, Trouble};
use crate::sql::BUSY_TIMEOUT;

/// Steps that one commit makes durable at the most.
const GROUP: usize = 64;
/// How often a listened-to store looks for changes by other processes.
const POLL: Duration = Duration::from_millis(20);
/// How long a writer lets others write first that have written lately.
const COURTESY: Duration = Duration::from_millis(1);

/// The one writer of this process: it takes the steps that wait, runs them in one transaction, and answers after the
/// commit. So a commit's cost is shared by all that wait for it.
pub(super) struct Writer {
    db: Connection,
    clock: Clock,
    hub: Arc<Hub>,
    neighbours: Neighbours,
}

impl Writer {
    pub(super) fn new(db: Connection, clock: Clock, hub: Arc<Hub>) -> Self {
        Self { db, clock, hub, neighbours: Neighbours::default() }
    }

    /// Serves until every sender is gone.
    pub(super) async fn serve(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
        let hub = Arc::clone(&self.hub);
        let mut group = Vec::with_capacity(GROUP);
        loop {
            let received = if hub.is_heard() {
                timeout(POLL, jobs.recv_many(&mut group, GROUP)).await.ok()
            } else {
                tokio::select! {
                    biased;
                    received = jobs.recv_many(&mut group, GROUP) => Some(received),
                    () = hub.begun.notified() => None,
                }
            };
            if received == Some(0) {
                break;
            }
            if !group.is_empty() {
                self.write(&mut group).await;
            }
            if hub.is_heard() && self.neighbours.are_due(POLL) {
                self.look().await;
            }
        }
        let _closing = self.db.close();
    }

    /// Looks for what other processes changed. Trouble here is no trouble: the next look comes.
    async fn look(&mut self) {
        if let Err(trouble) = self.neighbours.look(&mut self.db, &self.hub, self.clock.now()).await {
            tracing::debug!(?trouble, "cannot look for changes by other processes");
        }
    }

    /// Runs a group of steps and answers each.
    async fn write(&mut self, group: &mut Vec<Box<dyn Job>>) {
        if self.neighbours.were_lately_active() {
            tokio::time::sleep(COURTESY).await;
        }
        if group.len() > 1 && self.transact(group).await.is_err() {
            // The transaction was lost as a whole (a full disk, say): find out which of its steps can still be done.
            for mut job in group.drain(..) {
                self.transact_alone(&mut job).await;
                job.answer();
            }
        } else if group.len() == 1 {
            self.transact_alone(&mut group[0]).await;
        }
        for job in group.drain(..) {
            job.answer();
        }
    }

    async fn transact_alone(&mut self, job: &mut Box<dyn Job>) {
        if let Err(trouble) = self.transact(std::slice::from_mut(job)).await {
            job.fail(trouble);
        }
    }

    /// Runs steps in one transaction; an error says that none of them happened.
    async fn transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<()> {
        self.begin().await?;
        let done = match self.run(jobs).await {
            Ok(effects) => execute(&mut self.db, "COMMIT").await.map(|()| effects),
            Err(trouble) => Err(trouble),
        };
        match done {
            Ok(mut effects) => {
                let places = std::mem::take(&mut effects.places);
                self.hub.publish(effects);
                self.pass_on(&places).await;
                Ok(())
            }
            Err(trouble) => {
                // SQLite may have rolled back by itself.
                let _ended_already = execute(&mut self.db, "ROLLBACK").await;
                Err(trouble)
            }
        }
    }

    /// Tells of places that became free. Trouble here is no trouble: the slow poll finds them.
    async fn pass_on(&mut self, places: &[(i64, i64)]) {
        if places.iter().any(|(_, change)| *change < 0)
            && self.hub.awaits_places()
            && let Err(trouble) = places::pass_on(&mut self.db, &self.hub, places).await
        {
            tracing::debug!(?trouble, "cannot look for workers that wait for a place");
        }
    }

    /// Takes the write lock. SQLite's own waiting sleeps for up to 100 ms at a time; a busy neighbour leaves shorter
    /// gaps than that.
    async fn begin(&mut self) -> Result<()> {
        let patience = Instant::now() + BUSY_TIMEOUT;
        loop {
            match execute(&mut self.db, "BEGIN IMMEDIATE").await {
                Err(Trouble::Unavailable(_)) if Instant::now() < patience => {
                    self.neighbours.have_written();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                answer => return answer,
            }
        }
    }

    /// Runs each step such that a failing one does not undo the others; an error says that all are undone.
    async fn run(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Effects> {
        let alone = jobs.len() == 1;
        let mut effects = Effects::default();
        for job in jobs {
            if !alone {
                execute(&mut self.db, "SAVEPOINT step").await?;
            }
            let mut tx = Tx::begin(&mut self.db, self.clock.now());
            let done = match job.run(&mut tx).await {
                Ok(()) => tx.settle().await,
                failed => failed,
            };
            match done {
                Ok(()) => effects.append(tx.effects),
                Err(trouble) if alone => return Err(trouble),
                Err(trouble) => {
                    execute(&mut self.db, "ROLLBACK TO step").await?;
                    job.fail(trouble);
                }
            }
            if !alone {
                execute(&mut self.db, "RELEASE step").await?;
            }
        }
        Ok(effects)
    }
}

pub(super) async fn execute(db: &mut dyn Database, text: &'static str) -> Result<()> {
    Statement::new(text).run(db).await
}
