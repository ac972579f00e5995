//! The embedded store: one SQLite file.

use std::path::Path;

use super::{Result, absent::Absent};

#[derive(Debug, Clone)]
pub enum Clock {
    System,
}

#[derive(Debug)]
pub struct SqliteStore;

impl SqliteStore {
    #[expect(clippy::unused_async, reason = "a placeholder")]
    pub async fn open(_: &Path, _: Clock) -> Result<Absent> {
        Absent::open()
    }
}
