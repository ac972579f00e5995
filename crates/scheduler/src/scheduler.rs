use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::WorkerId;
use jobbers_core::process::{Shutdown, Stores};
use jobbers_core::routing::Snapshot;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::SchedulerSettings;
use crate::announce::announce_for_ever;
use crate::dropping::drop_for_ever;
use crate::expiry::expire_for_ever;
use crate::promotion::{promote_for_ever, watch_for_sooner};
use crate::pruning::prune_for_ever;
use crate::queues::{PromotedQueues, follow_for_ever};
use crate::reaping::reap_for_ever;
use crate::removals::remove_for_ever;
use crate::trimming::trim_for_ever;

/// How long the last word may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// Promotes, reaps, expires, drops, prunes, trims and removes until it is asked to stop. Stopping in the middle of a step
/// does no harm: each is atomic.
pub async fn run(settings: SchedulerSettings, stores: Stores, shutdown: Shutdown) {
    let store = Arc::clone(&stores.tasks);
    let id = WorkerId::from_bytes(rand::random());
    let sooner = Notify::new();
    let (known, snapshots) = watch::channel(Arc::new(Snapshot::default()));
    let queues = settings.scheduler_role.clone().map(|role| PromotedQueues::new(role, snapshots));
    tracing::info!(event = "scheduler_started", scheduler = %id, role = settings.scheduler_role, "scheduler started");
    tokio::select! {
        () = shutdown.graceful.cancelled() => {}
        () = follow_for_ever(stores.clone(), known) => {}
        () = promote_for_ever(store.clone(), &settings, queues, &sooner) => {}
        () = watch_for_sooner(store.clone(), &sooner) => {}
        () = reap_for_ever(store.clone(), &settings) => {}
        () = expire_for_ever(store.clone(), &settings) => {}
        () = drop_for_ever(store.clone(), &settings) => {}
        () = prune_for_ever(store.clone(), &settings) => {}
        () = trim_for_ever(store.clone()) => {}
        () = remove_for_ever(stores) => {}
        () = announce_for_ever(store.clone(), id, &settings) => {}
    }
    tokio::select! {
        farewell = timeout(FAREWELL, store.retire(id)) => {
            if let Ok(Err(error)) = farewell {
                tracing::debug!(event = "retire", %error, "the scheduler's entry expires by itself");
            }
        }
        () = shutdown.immediate.cancelled() => {}
    }
    tracing::info!(event = "scheduler_stopped", "scheduler stopped");
}
