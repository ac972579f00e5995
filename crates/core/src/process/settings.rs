use std::path::PathBuf;

/// A URL that cannot be used as a setting. The text masks credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidUrl(pub String);

/// `STORE_URL`: where tasks live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A `redis://`, `rediss://` or `unix://` URL, as given.
    Redis(String),
    /// The file of the embedded store.
    Sqlite(PathBuf),
}

/// `SQL_PATH`: where queues, roles and schedules live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlUrl {
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// `TASK_ADAPTER`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TaskAdapter {
    #[default]
    Msgpack,
}

/// Where the stores are: flags and environment of every process.
#[derive(Debug, Clone, clap::Args)]
pub struct StoreSettings {
    #[arg(skip = StoreUrl::Redis("redis://localhost:6379".into()))]
    pub store_url: StoreUrl,
    #[arg(long, env = "KEY_PREFIX", default_value = "jobbers")]
    pub key_prefix: String,
    #[arg(skip = SqlUrl::Sqlite("jobbers.db".into()))]
    pub sql_path: SqlUrl,
    #[arg(skip)]
    pub task_adapter: TaskAdapter,
}
