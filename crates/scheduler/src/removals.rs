//! Tasks of queues that were purged or deleted: cancelled.
//!
//! Who asked for that begins with it at once. What is left when it stops, or dies, is done here.

use std::collections::HashMap;
use std::time::Duration;

use jobbers_core::model::Timestamp;
use jobbers_core::operation::removal::{Removed, carry_out};
use jobbers_core::process::{Outage, Stores};
use jobbers_core::routing::{Removal, RoutingError};
use jobbers_core::store::StoreError;
use tokio::time::{Instant, sleep};

/// How often it looks.
const INTERVAL: Duration = Duration::from_secs(1);
/// The same while there is more to do: the store is left to others for a moment.
const PAUSE: Duration = Duration::from_millis(50);
/// How long who asked is left to do it alone.
const OTHERS_FIRST: Duration = Duration::from_secs(3);
/// How long a removal is worked on before it is the next one's turn.
const PIECE: Duration = Duration::from_secs(1);
/// How long a deleted queue is cleared: longer than anyone may take it to be there still.
const CLEARED_FOR: Duration = Duration::from_secs(60);

/// Why a look did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

/// Removes for ever, in all queues.
pub(crate) async fn remove_for_ever(stores: Stores) {
    let mut outage = Outage::none("removal");
    let mut told = Told::default();
    loop {
        let pause = match remove_some(&stores, &mut told).await {
            Ok(more) => {
                outage.over();
                if more { PAUSE } else { INTERVAL }
            }
            Err(error) => outage.failed(&error),
        };
        sleep(pause).await;
    }
}

/// Works on each removal for a while; answers whether there is more to do. One that fails does not hold up the others,
/// unless nothing can be done at all.
async fn remove_some(stores: &Stores, told: &mut Told) -> Result<bool, Failed> {
    let removals = stores.routing.removals().await?;
    told.keep(&removals);
    if removals.is_empty() {
        return Ok(false);
    }
    let now = stores.tasks.now().await?;
    let (mut more, mut failed) = (false, None);
    for removal in removals.iter().filter(|removal| is_due(removal, now)) {
        match carry_out(&stores.tasks, removal, Instant::now() + PIECE).await {
            Ok(removed) => {
                told.tell(removal, removed);
                if removed.complete && may_end(removal, now) {
                    stores.routing.end_removal(removal.id).await?;
                    tracing::debug!(event = "removal_ended", queue = removal.queue, "nothing is left to be cancelled");
                }
                more |= !removed.complete;
            }
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(more), |error| Err(error.into()))
}

/// Whether it is time to lend a hand.
fn is_due(removal: &Removal, now: Timestamp) -> bool {
    now.since(removal.asked_at) >= OTHERS_FIRST
}

/// Whether it is over once nothing is left: a purge is. Into a queue that was deleted a task may still come, from one who
/// did not know.
fn may_end(removal: &Removal, now: Timestamp) -> bool {
    let is_purge = removal.before.is_some() && !removal.started;
    is_purge || now.since(removal.asked_at) >= CLEARED_FOR
}

/// How many tasks that run were told of: they are asked again and again until they have stopped.
#[derive(Debug, Default)]
struct Told(HashMap<i64, u64>);

impl Told {
    /// Forgets those that are over.
    fn keep(&mut self, removals: &[Removal]) {
        self.0.retain(|id, _| removals.iter().any(|removal| removal.id == *id));
    }

    fn tell(&mut self, removal: &Removal, removed: Removed) {
        if self.is_news(removal.id, removed) {
            tracing::info!(
                event = "removed",
                queue = removal.queue,
                cancelled = removed.cancelled,
                stopping = removed.stopping,
                complete = removed.complete,
                "tasks of a queue that was purged or deleted are cancelled"
            );
        }
    }

    fn is_news(&mut self, id: i64, removed: Removed) -> bool {
        let stopping = self.0.insert(id, removed.stopping).unwrap_or(0);
        removed.cancelled > 0 || removed.stopping > stopping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: u64 = 1_000_000;

    fn removal(before: Option<u64>, started: bool) -> Removal {
        Removal {
            id: 1,
            queue: "images".to_owned(),
            before: before.map(Timestamp::from_millis),
            scheduled: true,
            started,
            asked_at: Timestamp::from_millis(ASKED),
        }
    }

    fn after(seconds: u64) -> Timestamp {
        Timestamp::from_millis(ASKED + 1000 * seconds)
    }

    #[test]
    fn who_asked_is_left_alone_at_first() {
        let purge = removal(Some(ASKED), false);
        assert!(!is_due(&purge, after(2)) && is_due(&purge, after(3)));
        // By a clock that was set back it is not due, and is when that has caught up.
        assert!(!is_due(&purge, Timestamp::from_millis(0)));
    }

    #[test]
    fn a_purge_is_over_when_nothing_is_left_and_a_deleted_queue_is_cleared_for_a_minute() {
        assert!(may_end(&removal(Some(ASKED), false), after(3)));
        for deleted in [removal(None, true), removal(None, false), removal(Some(ASKED + 500), true)] {
            assert!(!may_end(&deleted, after(59)), "{deleted:?}");
            assert!(may_end(&deleted, after(60)), "{deleted:?}");
        }
    }

    #[test]
    fn tasks_that_do_not_stop_are_told_of_once() {
        let mut told = Told::default();
        let removed = |cancelled, stopping| Removed { cancelled, stopping, complete: true };
        let told: Vec<bool> = [(0, 0), (0, 2), (0, 2), (1, 2), (0, 3), (0, 1)]
            .map(|(cancelled, stopping)| told.is_news(1, removed(cancelled, stopping)))
            .into();
        assert_eq!(told, [false, true, false, true, true, false]);
    }
}
