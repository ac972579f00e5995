//! The embedded store: one SQLite file, for one process or several on one machine.
//!
//! Every step that writes goes through the one writer of its process, which makes a group of them durable with one
//! commit (`writer`); `BEGIN IMMEDIATE` keeps the writers of several processes apart.
//! Reads go past the writer, over connections of their own (`database`). What other processes changed shows in `PRAGMA
//! data_version` (`neighbours`).

mod allot;
mod batch;
mod cancel;
mod claim;
mod clock;
mod database;
mod directory;
mod discard;
mod drop;
mod effects;
mod excuse;
mod forget;
mod get;
mod groups;
mod hub;
mod idempotency;
mod interest;
mod job;
mod lane_counts;
mod lanes;
mod layout;
mod limits;
mod listeners;
mod listing;
mod lists;
mod moving;
mod neighbours;
mod opening;
mod options;
mod places;
mod pool;
mod presence;
mod promote;
mod prune;
mod purge;
mod rank;
mod rate;
mod reap;
mod renew;
mod resubmit;
mod rooms;
mod routing;
mod row;
mod running;
mod spot;
mod stall;
mod standing;
mod statistics;
mod steps;
mod stopping;
mod submit;
mod sweep;
mod tails;
mod tally;
#[cfg(test)]
mod tests;
mod trouble;
mod turn;
mod unstarted;
mod upkeep;
mod value;
mod walk;
mod watch;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::mpsc;

pub use clock::Clock;
use excuse::AfterSuspension;
use hub::Hub;
use job::{Job, Step, job};
use options::Options;
use pool::{Reader, Readers};
use trouble::Trouble;
use watch::Watch;

use super::{Result, StoreError};

/// The embedded store. A clone is another handle on the same; it is closed when the last one is dropped.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    /// How the file is called in messages.
    name: String,
    clock: Clock,
    hub: Arc<Hub>,
    readers: Readers,
    watch: Mutex<Watch>,
    /// None once it is being closed.
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    writer: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens the store in a file, which is created or brought up to date. Works from any runtime, and so do the
    /// handles. Opening it twice is like opening it from two processes.
    ///
    /// A file that is locked gives [`StoreError::Unavailable`]; one that is read-only, or not a database,
    /// [`StoreError::Broken`]; one of a newer layout [`StoreError::Incompatible`].
    pub async fn open(path: &Path, clock: Clock) -> Result<Self> {
        Self::open_with(path, Options::of(path), clock).await
    }

    async fn open_with(path: &Path, options: Options, clock: Clock) -> Result<Self> {
        let name = format!("the SQLite file {}", path.display());
        let hub = Arc::new(Hub::default());
        let started = opening::start(path.to_owned(), options.clone(), clock.clone(), Arc::clone(&hub)).await;
        let (jobs, writer) = started.map_err(|trouble| trouble.of("open", &name))?;
        let watch = Mutex::new(Watch::new(&clock));
        let inner = Inner {
            path: path.to_owned(),
            name,
            clock,
            hub,
            readers: Readers::new(options.sqlx()),
            watch,
            jobs: Some(jobs),
            writer: Some(writer),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Has the writer do a step. It is done even if nobody waits for the answer any more.
    async fn step<S: Step>(&self, operation: &'static str, step: S) -> Result<S::Answer> {
        let stopped = || Trouble::Unavailable("its writer has stopped".into()).of(operation, &self.inner.name);
        let (job, answer) = job(step);
        let jobs = self.inner.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?.map_err(|trouble| trouble.of(operation, &self.inner.name))
    }

    async fn reader(&self, operation: &'static str) -> Result<Reader<'_>> {
        self.inner.readers.reader().await.map_err(|trouble| trouble.of(operation, &self.inner.name))
    }

    /// After the machine was suspended: gives the leases that ended meanwhile once more.
    async fn excuse_suspension(&self, operation: &'static str) -> Result<()> {
        let watch = &self.inner.watch;
        let since = watch.lock().unwrap_or_else(PoisonError::into_inner).suspended(&self.inner.clock);
        match since {
            Some(since) => self.step(operation, AfterSuspension { since }).await,
            None => Ok(()),
        }
    }

    /// The error of an operation on this store.
    fn error(&self, operation: &'static str) -> impl Fn(Trouble) -> StoreError {
        move |trouble| trouble.of(operation, &self.inner.name)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    /// Waits until the writer has done what was handed to it and has closed the file.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _panicked = writer.join();
        }
    }
}
