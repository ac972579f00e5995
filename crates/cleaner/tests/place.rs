use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jobbers_cleaner::{Chore, Cleaned, clean};
use jobbers_conformance::Worker;
use jobbers_conformance::environment::START;
use jobbers_conformance::flaky::Flaky;
use jobbers_conformance::sample;
use jobbers_core::model::{DeadLetter, Policy, Status};
use jobbers_core::store::sqlite::{Clock, SqliteStore};
use jobbers_core::store::{Beat, ClaimedTask, Lease, MoveOutcome, Renewal, Renewed, SharedStore};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub const MINUTE: Duration = Duration::from_secs(60);

/// An embedded store of its own that can be made to fail, with a clock that only the test moves.
pub struct Place {
    pub flaky: Arc<Flaky>,
    pub store: SharedStore,
    clock: Arc<AtomicU64>,
    folder: TempDir,
}

impl Place {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicU64::new(START.as_millis()));
        let store = SqliteStore::open(&folder.path().join("jobbers.db"), Clock::Manual(clock.clone())).await.unwrap();
        let flaky = Arc::new(Flaky::new(store));
        Self { store: flaky.clone(), flaky, clock, folder }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("jobbers.db")
    }

    pub fn pass(&self, duration: Duration) {
        self.clock.fetch_add(u64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// A worker whose tasks become dead letters when they fail, and may have an interval.
    pub async fn worker(&self, n: u8, max_heartbeat_interval: Option<Duration>) -> Worker {
        let policy = Policy { max_heartbeat_interval, dead_letter: DeadLetter::Save, ..Policy::default() };
        Worker::with_policy(&self.store, n, policy).await
    }

    /// Submits these tasks, in batches.
    pub async fn submit(&self, numbers: std::ops::Range<u64>) {
        for batch in sample::tasks(numbers).chunks(100) {
            self.store.submit(batch).await.unwrap();
        }
    }

    /// Makes these tasks completed ones, or dead letters.
    pub async fn end(&self, worker: &mut Worker, numbers: std::ops::Range<u64>, well: bool) {
        self.submit(numbers.clone()).await;
        let claimed = worker.claim_all().await;
        assert_eq!(claimed.len() as u64, numbers.end - numbers.start);
        for task in claimed {
            let outcome = if well { sample::completed("1") } else { sample::failed("boom") };
            let status = if well { Status::Completed } else { Status::Failed };
            assert_eq!(worker.finish(&task, outcome).await, MoveOutcome::Applied { status });
        }
    }

    /// A sign of progress of a task with an interval.
    pub async fn beat(&self, worker: &Worker, task: &ClaimedTask, interval: Duration) {
        let beat = Some(Beat { progress: None, max_heartbeat_interval: Some(interval) });
        let tasks = vec![Lease { id: task.id, token: task.token, beat }];
        let reply = self.store.renew(&Renewal { worker: worker.id, lease: sample::LEASE, tasks }).await.unwrap();
        assert_eq!(reply.tasks, [Renewed::Kept]);
    }

    pub async fn status(&self, n: u64) -> Option<Status> {
        self.store.get(sample::id(n)).await.unwrap().map(|task| task.status)
    }

    pub async fn clean(&self, chores: &[Chore]) -> Cleaned {
        clean(&self.store, chores, false, &CancellationToken::new()).await
    }

    pub async fn rehearse(&self, chores: &[Chore]) -> Cleaned {
        clean(&self.store, chores, true, &CancellationToken::new()).await
    }
}
