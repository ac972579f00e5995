use std::borrow::Cow;

use crate::sql::sqlite_migrator;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Connection, PgConnection, SqlSafeStr, SqlStr, SqliteConnection};

/// What an upgrade did: the descriptions of the migrations that were run, none if there was nothing to do.
pub type Applied = Vec<String>;

const TABLE: &str = "_sqlx_migrations";

fn migration(version: i64, description: &'static str, sql: &'static str) -> Migration {
    let sql: SqlStr = sql.into_sql_str();
    Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
}

fn postgres() -> Migrator {
    Migrator::with_migrations(vec![
        migration(
            1,
            "routing",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres/0001_routing.sql")),
        ),
        migration(
            2,
            "routing changes",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres/0002_routing_changes.sql")),
        ),
    ])
}

/// Upgrades an SQLite file in one transaction that begins with the write lock: of several processes that start
/// on a new file one upgrades it and the others find nothing to do.
pub(super) async fn upgrade_sqlite(connection: &mut SqliteConnection) -> Result<Applied, MigrateError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let applied = run(&sqlite_migrator(), &mut *transaction).await?;
    // The lock alone is granted on a read-only file as well.
    sqlx::query("DELETE FROM installation WHERE FALSE").execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(applied)
}

/// Upgrades a PostgreSQL database, under the migrator's advisory lock.
pub(super) async fn upgrade_postgres(connection: &mut PgConnection) -> Result<Applied, MigrateError> {
    run(&postgres(), connection).await
}

/// The schema that a PostgreSQL database lacks, if any. Fails if it is newer than this program.
pub(super) async fn missing_in_postgres(connection: &mut PgConnection) -> Result<Applied, MigrateError> {
    let migrator = postgres();
    let applied = connection.list_applied_migrations(TABLE).await?;
    if let Some(unknown) = applied.iter().find(|applied| !migrator.version_exists(applied.version)) {
        return Err(MigrateError::VersionMissing(unknown.version));
    }
    Ok(migrator
        .iter()
        .filter(|known| !applied.iter().any(|applied| applied.version == known.version))
        .map(describe)
        .collect())
}

async fn run<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<Applied, MigrateError> {
    connection.lock().await?;
    connection.ensure_migrations_table(TABLE).await?;
    let before = connection.list_applied_migrations(TABLE).await?;
    migrator.run_direct(None, connection, false).await?;
    connection.unlock().await?;
    let is_new = |known: &&Migration| !before.iter().any(|applied| applied.version == known.version);
    Ok(migrator.iter().filter(is_new).map(describe).collect())
}

fn describe(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}
