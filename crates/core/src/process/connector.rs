use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::{Shutdown, StoreSettings, StoreUrl, installation, patience};
use crate::operation::Stores;
use crate::routing::{Routing, RoutingError};
use crate::store::redis::{RedisConfig, RedisStore};
use crate::store::sqlite::{Clock, SqliteStore};
use crate::store::{Incompatible, SharedStore, StoreError};

/// What one try to open a store may take.
const TRY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the stores that the settings name. Clones share the embedded store.
#[derive(Debug, Clone)]
pub struct Connector {
    settings: StoreSettings,
    embedded: Arc<OnceCell<SharedStore>>,
}

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// Asked to stop before the stores answered.
    #[error("stopped while waiting for the store")]
    Stopped,
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        match error {
            // However early the store finds out: it is a matter of configuration.
            StoreError::Incompatible(incompatible) => Self::Incompatible(incompatible),
            other => Self::Store(other),
        }
    }
}

impl StartError {
    /// Whether only another configuration helps: exit code 2 rather than 1.
    pub const fn is_configuration(&self) -> bool {
        match self {
            Self::Incompatible(_) | Self::Routing(RoutingError::Unusable { .. }) => true,
            Self::Store(error) => !error.is_transient(),
            Self::Routing(RoutingError::Unavailable { .. }) | Self::Stopped => false,
        }
    }

    /// Whether another try may succeed without anybody's help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Routing(error) => error.is_transient(),
            Self::Incompatible(_) | Self::Stopped => false,
        }
    }
}

impl Connector {
    pub fn new(settings: StoreSettings) -> Self {
        Self { settings, embedded: Arc::default() }
    }

    pub fn settings(&self) -> &StoreSettings {
        &self.settings
    }

    /// Opens the store of tasks once more, with connections of its own that are driven by the current runtime.
    /// The embedded store is opened once per process and shared.
    pub async fn tasks(&self) -> Result<SharedStore, StoreError> {
        let silent = |_| {
            let detail = format!("no answer within {} s", TRY_TIMEOUT.as_secs());
            Err(StoreError::Unavailable { operation: "connect", detail })
        };
        let answer = timeout(TRY_TIMEOUT, self.open_tasks()).await.unwrap_or_else(silent);
        answer.map_err(|error| self.named(error))
    }

    /// Says which store it is that does not answer.
    fn named(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Unavailable { operation, detail } => {
                StoreError::Unavailable { operation, detail: format!("{}: {detail}", self.settings.store_url) }
            }
            other => other,
        }
    }

    async fn open_tasks(&self) -> Result<SharedStore, StoreError> {
        match &self.settings.store_url {
            StoreUrl::Redis(url) => {
                let (url, prefix) = (url.clone(), self.settings.key_prefix.clone());
                Ok(Arc::new(RedisStore::connect(RedisConfig { url, prefix, test_clock: false }).await?))
            }
            StoreUrl::Sqlite(path) => {
                let open = || async {
                    let store: SharedStore = Arc::new(SqliteStore::open(path, Clock::System).await?);
                    Ok(store)
                };
                self.embedded.get_or_try_init(open).await.cloned()
            }
        }
    }

    /// Opens both stores and checks that they fit this program and each other. One try.
    pub async fn connect(&self) -> Result<Stores, StartError> {
        let routing = Routing::open(&self.settings.sql_path).await?;
        let tasks = self.tasks().await?;
        installation::check(tasks.as_ref(), &self.settings.store_url, &routing).await?;
        Ok(Stores { tasks, routing })
    }

    /// As [`connect`](Self::connect), for a command that ends: tries again while a store is away, for `deadline`
    /// at the most, and answers the last error then.
    pub async fn connect_within(&self, deadline: Duration) -> Result<Stores, StartError> {
        self.tell_remarks();
        patience::within(deadline, || self.connect()).await
    }

    /// As [`connect`](Self::connect), but waits, and says so in the log, while a store is away.
    pub async fn connect_patiently(&self, shutdown: &Shutdown) -> Result<Stores, StartError> {
        self.tell_remarks();
        patience::until_stopped(&shutdown.graceful, || self.connect()).await
    }

    fn tell_remarks(&self) {
        for remark in &self.settings.remarks {
            tracing::warn!(event = "setting_ignored", "{remark}");
        }
    }
}

#[cfg(test)]
#[path = "connector_tests.rs"]
mod tests;
