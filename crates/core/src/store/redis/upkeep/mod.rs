//! Sweeps, each over sets in order of their names.

mod drop;
mod prune;
mod purge;
mod stall;
mod trim;

use async_trait::async_trait;

use super::codec::arguments::Arguments;
use super::connection::RedisStore;
use crate::store::{DropWaiting, MAX_BATCH, Prune, Purge, Result, Stall, Stalled, Sweep, Swept, Trim, Trimmed, Upkeep};

#[async_trait]
impl Upkeep for RedisStore {
    async fn stall(&self, stall: &Stall) -> Result<Stalled> {
        stall::stall(self, stall).await
    }

    async fn drop_waiting(&self, drop: &DropWaiting) -> Result<Swept> {
        drop::drop_waiting(self, drop).await
    }

    async fn prune(&self, prune: &Prune) -> Result<Swept> {
        prune::prune(self, prune).await
    }

    async fn trim(&self, trim: &Trim) -> Result<Trimmed> {
        trim::trim(self, trim).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Swept> {
        purge::purge(self, purge).await
    }
}

fn arguments(sweep: &Sweep) -> Arguments {
    Arguments::default().with("limit", limit(sweep.limit)).with("rehearsal", sweep.rehearsal)
}

/// At least one: a sweep of none would never come to its end.
fn limit(limit: usize) -> u64 {
    limit.clamp(1, MAX_BATCH) as u64
}
