//! Queues and roles in SQL: SQLite or PostgreSQL.

mod ask;
mod error;
mod masked;
mod migrations;
mod open;
mod queues;
mod removals;
mod roles;
mod row;
mod snapshot;
mod url;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use sqlx::{PgPool, SqlitePool};

pub use error::RoutingError;
pub use masked::masked;
pub use migrations::Applied;
pub use removals::Removal;
pub use roles::{RoleOutcome, UnknownQueues};
pub use snapshot::Snapshot;
pub use url::{InvalidUrl, SqlUrl};

pub(crate) use url::sqlite_path;

use ask::ask;

/// The SQL store of queues and roles. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Routing {
    pool: Pool,
    place: Arc<str>,
}

#[derive(Debug, Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The first statement of each change: it takes the lock that changes wait for, so that none is based on what another
/// has just replaced. A change that is refused is rolled back with it.
const BUMP: &str = "UPDATE routing_version SET version = version + 1";

impl Routing {
    /// Opens it; an SQLite file is created and migrated, a PostgreSQL database must have been (`jobbers_migrate`).
    pub async fn open(url: &SqlUrl) -> Result<Self, RoutingError> {
        open::open(url).await
    }

    /// Creates or upgrades the tables, of either database. May be repeated, also by several processes at once.
    pub async fn migrate(url: &SqlUrl) -> Result<Applied, RoutingError> {
        open::migrate(url).await
    }

    /// Where it is, with credentials masked.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The installation that it belongs to.
    pub async fn installation(&self) -> Result<Option<String>, RoutingError> {
        const SQL: &str = "SELECT id FROM installation";
        ask!(self, "installation", connection => sqlx::query_scalar::<_, String>(SQL).fetch_optional(connection))
    }

    /// Makes it belong to an installation, if it belongs to none; answers to which it belongs then.
    pub async fn belong(&self, installation: &str) -> Result<String, RoutingError> {
        const SQL: &str = "INSERT INTO installation (only_row, id) VALUES (1, $1) ON CONFLICT DO NOTHING";
        ask!(self, "belong", connection => async {
            sqlx::query(SQL).bind(installation).execute(&mut *connection).await?;
            sqlx::query_scalar::<_, String>("SELECT id FROM installation").fetch_one(connection).await
        })
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), RoutingError> {
        let _: i64 = ask!(self, "ping", connection => sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM installation").fetch_one(connection))?;
        Ok(())
    }
}
