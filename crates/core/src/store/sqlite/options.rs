//! How the store's connections are opened.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use sqlx::sqlite::SqliteConnectOptions;

use super::trouble::Result;
use crate::sql::sqlite_options;

/// Statements that a connection keeps prepared.
const PREPARED: usize = 512;

/// Settings of all connections of one store.
#[derive(Debug, Clone)]
pub(super) struct Options {
    path: PathBuf,
    pragmas: Vec<(&'static str, &'static str)>,
}

impl Options {
    pub(super) fn of(path: &Path) -> Self {
        let pragmas = vec![("temp_store", "memory"), ("cache_size", "-8000"), ("wal_autocheckpoint", "2000")];
        Self { path: path.to_owned(), pragmas }
    }

    #[cfg(test)]
    pub(super) fn pragma(mut self, name: &'static str, value: &'static str) -> Self {
        self.pragmas.push((name, value));
        self
    }

    /// For readers, and for who migrates.
    pub(super) fn sqlx(&self) -> SqliteConnectOptions {
        let options =
            sqlite_options(&self.path).statement_cache_capacity(PREPARED).row_buffer_size(512).foreign_keys(false);
        self.pragmas.iter().fold(options, |options, (name, value)| options.pragma(*name, *value))
    }

    /// The writer's connection to a file that is there and has its write-ahead log. It waits for no lock: the writer
    /// does that in its own way.
    pub(super) fn writer(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&self.path, flags)?;
        db.set_prepared_statement_cache_capacity(PREPARED);
        let own = [("busy_timeout", "0"), ("foreign_keys", "0"), ("synchronous", "full")];
        for (name, value) in self.pragmas.iter().chain(&own) {
            // Some of them answer with a row, some do not.
            db.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(()),
                error => Err(error),
            })?;
        }
        Ok(db)
    }
}
