use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use jobbers_conformance::server::redis::{RedisServer, WITHOUT_PERSISTENCE};
use jobbers_core::process::{Connector, SqlUrl, StoreSettings, StoreUrl};
use tempfile::TempDir;

/// A fresh store in a temporary folder, with its server if it needs one.
#[derive(Debug)]
pub struct Place {
    redis: Option<RedisServer>,
    folder: TempDir,
}

impl Place {
    /// A Redis of its own, without persistence.
    pub fn redis() -> Result<Arc<Self>> {
        let redis = Some(RedisServer::start(&WITHOUT_PERSISTENCE));
        Ok(Arc::new(Self { redis, folder: tempfile::tempdir()? }))
    }

    /// An SQLite file.
    pub fn sqlite() -> Result<Arc<Self>> {
        Ok(Arc::new(Self { redis: None, folder: tempfile::tempdir()? }))
    }

    pub fn name(&self) -> &'static str {
        if self.redis.is_some() { "Redis" } else { "SQLite" }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("jobbers.db")
    }

    /// As `STORE_URL` has it.
    pub fn store_url(&self) -> String {
        self.redis.as_ref().map_or_else(|| format!("sqlite://{}", self.file().display()), RedisServer::url)
    }

    /// As `SQL_PATH` has it.
    pub fn sql_path(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    pub fn connector(&self) -> Connector {
        let store = match &self.redis {
            Some(redis) => StoreUrl::Redis(redis.url()),
            None => StoreUrl::Sqlite(self.file()),
        };
        Connector::new(StoreSettings::new(store, SqlUrl::Sqlite(self.file())))
    }

    /// The process that stores, if it is one of its own.
    pub fn server_pid(&self) -> Option<u32> {
        self.redis.as_ref().and_then(RedisServer::pid)
    }
}
