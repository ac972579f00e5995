use std::path::Path;

use super::batch::Statement;
use super::database::Database;
use super::row::Columns as _;
use super::trouble::Result;
use crate::sql::sqlite_migrator;
use crate::store::Incompatible;

/// The layout of tables that this program knows.
const LAYOUT: u32 = 1;

/// Refuses a file that a newer program has laid out, before anything is changed in it.
pub(super) async fn check(db: &mut dyn Database, path: &Path) -> Result<()> {
    if !has_table(db, "store_meta").await? {
        return Ok(());
    }
    compare(db, path).await?;
    let newest = sqlite_migrator().iter().map(|migration| migration.version).max().unwrap_or_default();
    let row = Statement::new(include_str!("sql/migrations_newest.sql")).row(db).await?;
    let found = row.map(|row| row.maybe_integer("newest")).transpose()?.flatten().unwrap_or_default();
    if found > newest {
        return Err(refused(path, format!("{LAYOUT} with migration {found}")).into());
    }
    Ok(())
}

/// Compares what the tables say of themselves with what this program knows.
pub(super) async fn compare(db: &mut dyn Database, path: &Path) -> Result<()> {
    let layout = meta(db, "layout").await?.unwrap_or_default();
    if layout != LAYOUT.to_string() {
        return Err(refused(path, layout).into());
    }
    let partitions = meta(db, "partitions").await?.unwrap_or_default();
    if partitions != "1" {
        return Err(Incompatible::Partitions { store: path.display().to_string(), found: partitions }.into());
    }
    Ok(())
}

fn refused(path: &Path, found: String) -> Incompatible {
    Incompatible::Layout { store: path.display().to_string(), found, known: LAYOUT }
}

async fn has_table(db: &mut dyn Database, name: &str) -> Result<bool> {
    Ok(Statement::new(include_str!("sql/table_exists.sql")).bind(name).row(db).await?.is_some())
}

/// What `store_meta` has under a name.
pub(super) async fn meta(db: &mut dyn Database, name: &str) -> Result<Option<String>> {
    let row = Statement::new(include_str!("sql/meta_get.sql")).bind(name).row(db).await?;
    row.map(|row| row.text("value")).transpose()
}
