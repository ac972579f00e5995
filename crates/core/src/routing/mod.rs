//! Queues and roles in SQL: SQLite or PostgreSQL.

mod error;
mod masked;
mod migrations;
mod open;
mod url;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use sqlx::{PgPool, SqlitePool};

pub use error::RoutingError;
pub use masked::masked;
pub use migrations::Applied;
pub use url::{InvalidUrl, SqlUrl};

pub(crate) use url::sqlite_path;

use crate::model::{Queue, Role};
use error::During;

/// What a question may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

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

/// Asks the same on whichever database it is, and gives up after [`ANSWER_TIMEOUT`].
macro_rules! ask {
    ($routing:ident, $operation:literal, $pool:ident => $question:expr) => {{
        let during = During { operation: $operation, place: &$routing.place };
        let answer = async {
            match &$routing.pool {
                Pool::Sqlite($pool) => $question.await.map(Into::into),
                Pool::Postgres($pool) => $question.await.map(Into::into),
            }
        };
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(|error| during.failed(&error)),
            Err(_) => Err(during.unavailable("no answer within 2 s")),
        }
    }};
}

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
        ask!(self, "installation", pool => sqlx::query_scalar::<_, String>(SQL).fetch_optional(pool))
    }

    /// Makes it belong to an installation, if it belongs to none; answers to which it belongs then.
    pub async fn belong(&self, installation: &str) -> Result<String, RoutingError> {
        const SQL: &str = "INSERT INTO installation (only_row, id) VALUES (1, $1) ON CONFLICT DO NOTHING";
        ask!(self, "belong", pool => async {
            sqlx::query(SQL).bind(installation).execute(pool).await?;
            sqlx::query_scalar::<_, String>("SELECT id FROM installation").fetch_one(pool).await
        })
    }

    /// All queues, by name.
    pub async fn queues(&self) -> Result<Vec<Queue>, RoutingError> {
        const SQL: &str = "SELECT name, max_concurrent FROM queues ORDER BY name";
        let rows: Vec<(String, Option<i64>)> =
            ask!(self, "queues", pool => sqlx::query_as::<_, (String, Option<i64>)>(SQL).fetch_all(pool))?;
        Ok(rows.into_iter().map(queue).collect())
    }

    /// One queue; none if there is no such queue.
    pub async fn queue(&self, name: &str) -> Result<Option<Queue>, RoutingError> {
        const SQL: &str = "SELECT name, max_concurrent FROM queues WHERE name = $1";
        let row: Option<(String, Option<i64>)> = ask!(self, "queue", pool => sqlx::query_as::<_, (String, Option<i64>)>(SQL).bind(name).fetch_optional(pool))?;
        Ok(row.map(queue))
    }

    /// One role with its queues by name; none if there is no such role.
    pub async fn role(&self, name: &str) -> Result<Option<Role>, RoutingError> {
        const SQL: &str = "SELECT queue FROM roles LEFT JOIN role_queues ON role = name WHERE name = $1 ORDER BY queue";
        let rows: Vec<Option<String>> =
            ask!(self, "role", pool => sqlx::query_scalar::<_, Option<String>>(SQL).bind(name).fetch_all(pool))?;
        let exists = !rows.is_empty();
        let queues = rows.into_iter().flatten().collect();
        Ok(exists.then(|| Role { name: name.to_owned(), queues }))
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), RoutingError> {
        let _: i64 = ask!(self, "ping", pool => sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM installation").fetch_one(pool))?;
        Ok(())
    }
}

/// Zero is unlimited as well, and a limit beyond any number of slots.
fn queue((name, max_concurrent): (String, Option<i64>)) -> Queue {
    let max_concurrent =
        max_concurrent.filter(|limit| *limit > 0).map(|limit| u32::try_from(limit).unwrap_or(u32::MAX));
    Queue { name, max_concurrent, ..Queue::default() }
}
