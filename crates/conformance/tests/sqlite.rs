//! The embedded store: every scenario, on a file of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jobbers_conformance::{Backend, Capabilities, Environment};
use jobbers_core::store::SharedStore;
use jobbers_core::store::sqlite::{Clock, SqliteStore};
use tempfile::TempDir;

#[derive(Debug)]
struct OwnFile {
    folder: TempDir,
    clock: Arc<AtomicU64>,
}

impl OwnFile {
    fn path(&self) -> PathBuf {
        self.folder.path().join("jobbers.db")
    }
}

#[async_trait]
impl Backend for OwnFile {
    async fn open(&self) -> SharedStore {
        Arc::new(SqliteStore::open(&self.path(), Clock::Manual(Arc::clone(&self.clock))).await.expect("open"))
    }

    async fn set_clock(&self, milliseconds: u64) {
        self.clock.store(milliseconds, Ordering::SeqCst);
    }
}

async fn environment() -> Environment {
    let file = OwnFile { folder: tempfile::tempdir().expect("a temporary folder"), clock: Arc::default() };
    Environment::new(file, Capabilities::default()).await
}

jobbers_conformance::scenarios!(environment);

#[test]
fn random_interleavings_follow_the_lifecycle() {
    jobbers_conformance::interleaving::check(environment);
}
