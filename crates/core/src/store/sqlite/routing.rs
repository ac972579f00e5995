use async_trait::async_trait;

use super::batch::Statement;
use super::job::{Step, Tx};
use super::row::Columns as _;
use super::trouble::Result;

/// Queues or roles have changed: counted in the file, so that other processes see it, and told in this one.
pub(super) struct TellRoutingChanged;

#[async_trait]
impl Step for TellRoutingChanged {
    type Answer = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let row = Statement::new(include_str!("sql/routing_tell.sql")).row(tx.db).await?;
        let changes = row.map(|row| row.text("value")).transpose()?.and_then(|changes| changes.parse().ok());
        tx.effects.routing = changes;
        Ok(())
    }
}
