use std::sync::Arc;

use jobbers_conformance::server::postgres::PostgresServer;
use jobbers_core::model::Timestamp;
use jobbers_core::routing::{Routing, SqlUrl};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// An empty database of one's own.
pub struct Database {
    pub url: SqlUrl,
    /// What a client of the kind is told.
    text: String,
    _place: Place,
}

#[expect(dead_code, reason = "only kept as long as the database")]
enum Place {
    Folder(TempDir),
    Server(Arc<PostgresServer>),
}

/// A connection past everything.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jobbers.db");
        Self { text: file.display().to_string(), url: SqlUrl::Sqlite(file), _place: Place::Folder(folder) }
    }

    pub async fn postgres(server: &Arc<PostgresServer>) -> Self {
        let text = server.create_database().await;
        Self { url: text.parse().unwrap(), text, _place: Place::Server(Arc::clone(server)) }
    }

    /// Opened, with its tables.
    pub async fn opened(&self) -> Routing {
        Routing::migrate(&self.url).await.unwrap();
        Routing::open(&self.url).await.unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.url, SqlUrl::Postgres(_))
    }

    pub async fn raw(&self) -> Raw {
        match &self.url {
            SqlUrl::Sqlite(file) => {
                let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
                Raw::Sqlite(options.connect().await.unwrap())
            }
            SqlUrl::Postgres(_) => Raw::Postgres(PgConnection::connect(&self.text).await.unwrap()),
        }
    }

    /// Runs statements, as by hand.
    pub async fn execute(&self, sql: &str) {
        self.raw().await.execute(sql).await;
    }

    /// The number that a statement answers.
    pub async fn number(&self, sql: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(sql);
        match self.raw().await {
            Raw::Sqlite(mut connection) => sqlx::query_scalar(query).fetch_one(&mut connection).await,
            Raw::Postgres(mut connection) => sqlx::query_scalar(query).fetch_one(&mut connection).await,
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}

impl Raw {
    pub async fn execute(&mut self, sql: &str) {
        let query = sqlx::raw_sql(AssertSqlSafe(sql));
        let done = match self {
            Self::Sqlite(connection) => query.execute(connection).await.map(|_| ()),
            Self::Postgres(connection) => query.execute(connection).await.map(|_| ()),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

pub fn at(milliseconds: u64) -> Timestamp {
    Timestamp::from_millis(milliseconds)
}
