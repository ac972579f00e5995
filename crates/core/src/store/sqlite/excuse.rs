use async_trait::async_trait;

use super::batch::Statement;
use super::database::Database;
use super::job::{Step, Tx};
use super::row::{Columns as _, millis};
use super::trouble::Result;
use crate::model::Timestamp;

/// Gives leases that ended while the store was away once more, whole: their workers may still be there, and if they
/// are not, nobody can say that the task was to blame. Until then nothing counts as over its lease.
///
/// Away is a store that no process has open, or whose machine is suspended. A lease that ends later than the return
/// ends as any other: so a task that takes the only process down again and again is still found out.
pub(super) async fn after_absence(db: &mut dyn Database, since: Timestamp, now: Timestamp) -> Result<()> {
    let mut excuse = Statement::new(include_str!("sql/leases_excuse.sql"));
    let mut longest = None;
    for row in excuse.bind(millis(now)).bind(millis(since)).rows(db).await? {
        longest = longest.max(Some(row.integer("lease")?));
    }
    if let Some(lease) = longest {
        let mut wait = Statement::new(include_str!("sql/meta_wait.sql"));
        wait.bind(millis(now).saturating_add(lease).to_string()).run(db).await?;
    }
    Ok(())
}

/// The machine was suspended.
pub(super) struct AfterSuspension {
    pub(super) since: Timestamp,
}

#[async_trait]
impl Step for AfterSuspension {
    type Answer = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        after_absence(tx.db, self.since, tx.now).await
    }
}
