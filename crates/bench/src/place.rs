use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jobbers_conformance::server::redis::{RedisServer, WITHOUT_PERSISTENCE};
use jobbers_core::process::{Connector, SqlUrl, StoreSettings, StoreUrl};
use tempfile::TempDir;

use crate::meter::Meter;

/// Every write is on the disk within a second.
const WITH_AOF_EVERY_SECOND: [&str; 6] = ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"];

/// Where a workload runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Redis,
    RedisWithAof,
    Sqlite,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
            Self::RedisWithAof => "Redis with AOF (everysec)",
            Self::Sqlite => "SQLite",
        }
    }

    /// A fresh store of this kind.
    pub fn open(self) -> Result<Arc<Place>> {
        let redis = match self {
            Self::Redis => Some(RedisServer::start(&WITHOUT_PERSISTENCE)),
            Self::RedisWithAof => Some(RedisServer::start(&WITH_AOF_EVERY_SECOND)),
            Self::Sqlite => None,
        };
        Ok(Arc::new(Place { redis, folder: tempfile::tempdir()? }))
    }
}

/// A fresh store in a temporary folder, with its server if it needs one.
#[derive(Debug)]
pub struct Place {
    redis: Option<RedisServer>,
    folder: TempDir,
}

impl Place {
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

    /// What its Redis says of itself.
    pub async fn meter(&self) -> Result<Meter> {
        Meter::of(&self.redis.as_ref().context("only Redis tells what it spends")?.url()).await
    }
}
