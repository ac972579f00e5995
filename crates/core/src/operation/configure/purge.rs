//! Cancelling what waits in a queue.

use rand::random;
use tokio::time::{Instant, timeout_at};

use super::super::Operations;
use super::super::bulk::BEGIN_WITHIN;
use super::super::patience::{ANSWER_WITHIN, no_answer};
use super::super::removal::carry_out;
use super::{UnknownQueue, find};
use crate::model::Timestamp;
use crate::routing::{Removal, RoutingError};
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    NotFound(#[from] UnknownQueue),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// Some may be cancelled; a scheduler goes on.
    #[error("the store went away amid the purge of queue `{queue}`: {source}")]
    Amid { queue: String, source: StoreError },
}

/// What shall be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purge {
    /// Scheduled tasks as well.
    pub scheduled: bool,
    /// What came later is left alone; none, or a time to come = now.
    pub before: Option<Timestamp>,
}

/// What has come of it so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purged {
    pub cancelled: u64,
    /// None if all is done; else what waits now (and, where these are meant as well, what is scheduled).
    pub remaining: u64,
    pub before: Timestamp,
}

impl Operations {
    /// Cancels what waits in a queue, as far as it comes in time; a scheduler goes on with the rest. A queue that was
    /// deleted may have tasks still.
    pub async fn purge(&self, name: &str, purge: Purge) -> Result<Purged, Error> {
        let begun = Instant::now();
        let until = begun + ANSWER_WITHIN;
        let now = self.now_until(until).await?;
        match self.queue_until(name, until).await {
            Err(find::Error::NotFound(unknown)) => {
                self.counts_of(name, until).await?.ok_or(unknown)?;
            }
            Err(find::Error::Routing(error)) => return Err(error.into()),
            Ok(_) => {}
        }
        let before = purge.before.map_or(now, |before| before.min(now));
        let removal = Removal {
            id: random(),
            queue: name.to_owned(),
            before: Some(before),
            scheduled: purge.scheduled,
            started: false,
            asked_at: now,
        };
        let routing = &self.stores.routing;
        self.ask_routing("note a purge", until, routing.add_removal(&removal)).await?;
        let carried = timeout_at(until, carry_out(&self.stores.tasks, &removal, begun + BEGIN_WITHIN)).await;
        let amid = |source| Error::Amid { queue: name.to_owned(), source };
        let removed = carried.unwrap_or_else(|_| Err(no_answer("purge"))).map_err(amid)?;
        let (cancelled, complete) = (removed.cancelled, removed.complete);
        tracing::info!(event = "queue_purged", queue = name, cancelled, complete);
        if complete {
            // A scheduler that finds it still has nothing to do but this.
            if let Err(error) = self.ask_routing("end a purge", until, routing.end_removal(removal.id)).await {
                tracing::warn!(event = "sql_store_error", queue = name, %error, "a purge that is done stays noted");
            }
            return Ok(Purged { cancelled, remaining: 0, before });
        }
        let counts = self.counts_of(name, until).await.map_err(amid)?.unwrap_or_default();
        let scheduled = if purge.scheduled { counts.scheduled } else { 0 };
        Ok(Purged { cancelled, remaining: counts.waiting + scheduled, before })
    }
}
