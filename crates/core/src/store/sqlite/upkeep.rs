use async_trait::async_trait;

use super::SqliteStore;
use super::drop::DropWaited;
use super::prune::{self, PruneOld};
use super::purge::{self, PurgeQueue};
use super::stall::{self, StallSilent};
use crate::store::{DropWaiting, Prune, Purge, Result, Stall, Stalled, Swept, Trim, Trimmed, Upkeep};

#[async_trait]
impl Upkeep for SqliteStore {
    async fn stall(&self, stall: &Stall) -> Result<Stalled> {
        self.excuse_suspension("stall").await?;
        if !stall.sweep.rehearsal {
            return self.step("stall", StallSilent(stall.clone())).await;
        }
        let mut db = self.reader("stall").await?;
        stall::rehearse(&mut db, self.inner.clock.now(), stall).await.map_err(self.error("stall"))
    }

    async fn drop_waiting(&self, drop: &DropWaiting) -> Result<Swept> {
        self.step("drop", DropWaited(drop.clone())).await
    }

    async fn prune(&self, prune: &Prune) -> Result<Swept> {
        if !prune.sweep.rehearsal {
            return self.step("prune", PruneOld(prune.clone())).await;
        }
        let mut db = self.reader("prune").await?;
        prune::rehearse(&mut db, self.inner.clock.now(), prune).await.map_err(self.error("prune"))
    }

    /// Nothing: what waits is found in the tasks themselves.
    async fn trim(&self, _trim: &Trim) -> Result<Trimmed> {
        Ok(Trimmed { now: self.inner.clock.now(), gone: 0, dead: 0, next: None })
    }

    async fn purge(&self, purge: &Purge) -> Result<Swept> {
        if !purge.sweep.rehearsal {
            return self.step("purge", PurgeQueue(purge.clone())).await;
        }
        let mut db = self.reader("purge").await?;
        purge::rehearse(&mut db, self.inner.clock.now(), purge).await.map_err(self.error("purge"))
    }
}
