use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jobbers_core::model::Timestamp;
use jobbers_core::store::SharedStore;

/// When every scenario begins.
pub const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// What a scenario needs to know of a store that may rightly differ from others. The defaults are the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// One new task wakes one parked worker, not all of them.
    pub wakes_no_more_than_needed: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { wakes_no_more_than_needed: true }
    }
}

/// A store on trial: how handles on it are opened, and how its clock is set.
#[async_trait]
pub trait Backend: Debug + Send + Sync {
    /// A new handle, as another process would have it.
    async fn open(&self) -> SharedStore;

    /// Sets the store's clock, in milliseconds since 1970.
    async fn set_clock(&self, milliseconds: u64);
}

/// Where a scenario takes place: one fresh store whose clock stands still until the scenario moves it.
#[derive(Debug)]
pub struct Environment {
    pub capabilities: Capabilities,
    store: SharedStore,
    clock: AtomicU64,
    backend: Box<dyn Backend>,
}

impl Environment {
    pub async fn new(backend: impl Backend + 'static, capabilities: Capabilities) -> Self {
        backend.set_clock(START.as_millis()).await;
        let store = backend.open().await;
        // A scheduler has been at work before: the store has no reason to think that it was away.
        store.overdue(1).await.expect("overdue");
        Self { capabilities, store, clock: AtomicU64::new(START.as_millis()), backend: Box::new(backend) }
    }

    pub fn store(&self) -> &SharedStore {
        &self.store
    }

    /// A handle as of another process.
    pub async fn other(&self) -> SharedStore {
        self.backend.open().await
    }

    /// What the store's clock says.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::SeqCst))
    }

    /// Moves the store's clock on.
    pub async fn advance(&self, duration: Duration) {
        self.set(self.now().after(duration).as_millis()).await;
    }

    /// Sets the store's clock back, as who mends a wrong one does.
    pub async fn set_back(&self, milliseconds: u64) {
        self.set(self.now().as_millis() - milliseconds).await;
    }

    async fn set(&self, milliseconds: u64) {
        self.clock.store(milliseconds, Ordering::SeqCst);
        self.backend.set_clock(milliseconds).await;
    }
}
