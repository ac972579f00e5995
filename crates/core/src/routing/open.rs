use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::error::During;
use super::migrations::{self, Applied};
use super::{Pool, Routing, RoutingError, SqlUrl};
use crate::sql::{open_sqlite, sqlite_options};

/// How long a busy pool or a silent server is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Configuration is read seldom: a few connections serve a whole process.
const CONNECTIONS: u32 = 3;

pub(super) async fn open(url: &SqlUrl) -> Result<Routing, RoutingError> {
    let place = url.to_string();
    let during = During { operation: "open", place: &place };
    let pool = match url {
        SqlUrl::Sqlite(path) => {
            let options = sqlite_options(path);
            upgrade_sqlite(during, path, &options).await?;
            let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
            Pool::Sqlite(pool.connect_lazy_with(options))
        }
        SqlUrl::Postgres(url) => {
            let options = postgres_options(during, url)?;
            let mut connection = connect_postgres(during, &options).await?;
            let missing = migrations::missing_in_postgres(&mut connection).await;
            let missing = missing.map_err(|error| during.migration_failed(&error))?;
            close(connection).await;
            if !missing.is_empty() {
                return Err(during.unusable(format!("its tables lack {}: run jobbers_migrate", missing.join(", "))));
            }
            let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
            Pool::Postgres(pool.connect_lazy_with(options))
        }
    };
    Ok(Routing { pool, place: place.into() })
}

/// Creates or upgrades the tables.
pub(super) async fn migrate(url: &SqlUrl) -> Result<Applied, RoutingError> {
    let place = url.to_string();
    let during = During { operation: "migrate", place: &place };
    match url {
        SqlUrl::Sqlite(path) => upgrade_sqlite(during, path, &sqlite_options(path)).await,
        SqlUrl::Postgres(url) => {
            let mut connection = connect_postgres(during, &postgres_options(during, url)?).await?;
            let applied = migrations::upgrade_postgres(&mut connection).await;
            let applied = applied.map_err(|error| during.migration_failed(&error))?;
            close(connection).await;
            Ok(applied)
        }
    }
}

/// Opens, and so creates, the file and upgrades it. Taking the write lock shows as well that it can be written.
async fn upgrade_sqlite(
    during: During<'_>,
    path: &Path,
    options: &SqliteConnectOptions,
) -> Result<Applied, RoutingError> {
    check_place(during, path)?;
    let mut connection = open_sqlite(options).await.map_err(|error| during.failed(&error))?;
    let applied = migrations::upgrade_sqlite(&mut connection).await;
    let applied = applied.map_err(|error| during.migration_failed(&error))?;
    connection.close().await.map_err(|error| during.failed(&error))?;
    Ok(applied)
}

/// Finds what SQLite would call "unable to open database file".
fn check_place(during: During<'_>, path: &Path) -> Result<(), RoutingError> {
    if path.is_dir() {
        return Err(during.unusable("it is a folder: name a file in SQL_PATH"));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(during.unusable(format!("there is no folder {}: create it", folder.display())))
        }
        Some(_) | None => Ok(()),
    }
}

fn postgres_options(during: During<'_>, url: &str) -> Result<PgConnectOptions, RoutingError> {
    let options: PgConnectOptions = url.parse().map_err(|error| during.failed(&error))?;
    // Notices such as "already exists, skipping" are nobody's concern.
    Ok(options.application_name("jobbers").options([("client_min_messages", "warning")]))
}

async fn connect_postgres(during: During<'_>, options: &PgConnectOptions) -> Result<PgConnection, RoutingError> {
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(answer) => answer.map_err(|error| during.failed(&error)),
        Err(_) => Err(during.unavailable("no answer within 3 s")),
    }
}

/// A goodbye to the server; nothing is lost if it does not arrive.
async fn close(connection: PgConnection) {
    let _ = connection.close().await;
}
