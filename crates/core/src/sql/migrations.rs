use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Connection as _, SqliteConnection};

/// Version, description and text of each migration, in order. A migration that was released is never changed.
const SQLITE: &[(i64, &str, &str)] = &[
    (1, "tasks", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0001_tasks.sql"))),
    (2, "routing", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0002_routing.sql"))),
    (3, "lists", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0003_lists.sql"))),
    (4, "upkeep", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0004_upkeep.sql"))),
    (5, "limits", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0005_limits.sql"))),
    (
        6,
        "routing changes",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0006_routing_changes.sql")),
    ),
];

/// The migrations of an SQLite file: tasks and configuration may share one.
pub fn sqlite_migrator() -> Migrator {
    let migrations = SQLITE.iter().map(|&(version, description, text)| {
        Migration::new(version, description.into(), MigrationType::Simple, text.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// Brings an SQLite file to the newest version, all or nothing. Processes that start at once wait for each other.
pub async fn migrate_sqlite(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlite_migrator().run(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}
