//! How SQLite files are opened and migrated, whoever has tables in them.

mod migrations;
mod open;

pub use migrations::{migrate_sqlite, sqlite_migrator};
pub use open::{BUSY_TIMEOUT, open_sqlite, sqlite_options};
