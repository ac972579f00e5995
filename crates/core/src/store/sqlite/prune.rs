use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::database::Database;
use super::forget::forget;
use super::job::{Step, Tx};
use super::sweep::{self, Piece, Until, Way};
use super::trouble::Result;
use crate::model::{TaskId, Timestamp};
use crate::store::{Prunable, Prune, Swept};

/// Ended tasks that are old.
pub(super) struct PruneOld(pub(super) Prune);

#[async_trait]
impl Step for PruneOld {
    type Answer = Swept;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Swept> {
        let Piece { found, next } = find(tx.db, tx.now, &self.0).await?;
        let ids: Vec<TaskId> = found.iter().map(|found| found.id).collect();
        if !ids.is_empty() {
            forget(tx, &ids).await?;
        }
        Ok(Swept { now: tx.now, tasks: ids.len(), next })
    }
}

/// How many would be forgotten.
pub(super) async fn rehearse(db: &mut SqliteConnection, now: Timestamp, prune: &Prune) -> Result<Swept> {
    let Piece { found, next } = find(db, now, prune).await?;
    Ok(Swept { now, tasks: found.len(), next })
}

async fn find(db: &mut dyn Database, now: Timestamp, prune: &Prune) -> Result<Piece> {
    let ways: &[Way] = match prune.what {
        Prunable::Ended => &[Way::COMPLETED, Way::FAILED, Way::CANCELLED, Way::STALLED, Way::DROPPED],
        Prunable::DeadLetters => &[Way::DEAD],
    };
    let until = Until::ago(now, prune.age);
    let ways: Vec<(Way, Until)> = ways.iter().map(|way| (*way, until)).collect();
    sweep::piece(db, &ways, &prune.sweep).await
}
