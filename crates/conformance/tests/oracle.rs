//! The oracle itself: the suite can be passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jobbers_conformance::oracle::OracleStore;
use jobbers_conformance::{Backend, Capabilities, Environment};
use jobbers_core::store::SharedStore;

#[derive(Debug)]
struct InMemory {
    clock: Arc<AtomicU64>,
    store: OracleStore,
}

#[async_trait]
impl Backend for InMemory {
    async fn open(&self) -> SharedStore {
        Arc::new(self.store.clone())
    }

    async fn set_clock(&self, milliseconds: u64) {
        self.clock.store(milliseconds, Ordering::SeqCst);
    }
}

async fn environment() -> Environment {
    let clock = Arc::new(AtomicU64::new(0));
    let backend = InMemory { store: OracleStore::new(Arc::clone(&clock)), clock };
    Environment::new(backend, Capabilities::default()).await
}

jobbers_conformance::scenarios!(environment);

#[test]
fn random_interleavings_follow_the_lifecycle() {
    jobbers_conformance::interleaving::check(environment);
}
