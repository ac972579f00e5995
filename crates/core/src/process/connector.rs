use crate::routing::{Routing, RoutingError};
use crate::store::{Incompatible, SharedStore, StoreError};

use super::{Shutdown, StoreSettings};

/// Opens the stores that the settings name.
#[derive(Debug, Clone)]
pub struct Connector {
    settings: StoreSettings,
}

/// What every process works on.
#[derive(Debug, Clone)]
pub struct Stores {
    pub tasks: SharedStore,
    pub routing: Routing,
}

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// Asked to stop before the stores answered.
    #[error("stopped while waiting for the store")]
    Stopped,
}

impl Connector {
    pub fn new(settings: StoreSettings) -> Self {
        Self { settings }
    }

    pub fn settings(&self) -> &StoreSettings {
        &self.settings
    }

    /// Opens the store of tasks once more, with connections of its own that are driven by the current runtime.
    /// The embedded store is opened once per process and shared.
    pub async fn tasks(&self) -> Result<SharedStore, StoreError> {
        todo!()
    }

    /// Opens both stores and checks that they fit this program and each other. One try.
    pub async fn connect(&self) -> Result<Stores, StartError> {
        todo!()
    }

    /// As [`connect`](Self::connect), but waits, and says so in the log, while a store is away.
    pub async fn connect_patiently(&self, _shutdown: &Shutdown) -> Result<Stores, StartError> {
        todo!()
    }
}
