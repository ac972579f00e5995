//! Tasks that ended long ago: removed.

use std::time::Duration;

use jobbers_core::process::Outage;
use jobbers_core::store::{Prunable, Prune, SharedStore, StoreError, Sweep};
use tokio::time::{Instant, sleep};

use crate::{Retention, SchedulerSettings};

/// How often it looks, unless what it keeps is kept for a shorter time.
const INTERVAL: Duration = Duration::from_secs(60);
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// Tasks in one step: few, because nobody waits for this, and others wait meanwhile.
const BATCH: usize = 200;

/// Prunes for ever, in all queues; nothing with a retention of 0. Never dead letters.
pub(crate) async fn prune_for_ever(store: SharedStore, settings: &SchedulerSettings) {
    let Retention::For(age) = settings.retention else {
        return std::future::pending().await;
    };
    let interval = age.clamp(SHORTEST_PAUSE, INTERVAL);
    let mut outage = Outage::none("pruning");
    loop {
        let pause = match prune_all(&store, age).await {
            Ok(()) => {
                outage.over();
                // Several schedulers come at different times.
                interval.mul_f64(rand::random_range(0.5..1.0))
            }
            Err(error) => outage.failed(&error),
        };
        sleep(pause).await;
    }
}

/// Goes through all that has ended once.
async fn prune_all(store: &SharedStore, age: Duration) -> Result<(), StoreError> {
    let mut after = None;
    let mut tasks = 0;
    loop {
        let began = Instant::now();
        let sweep = Sweep { after, limit: BATCH, rehearsal: false };
        let swept = store.prune(&Prune { what: Prunable::Ended, age, sweep }).await?;
        tasks += swept.tasks;
        let Some(next) = swept.next else { break };
        after = Some(next);
        // Leaves the store to others for as long as this step took.
        sleep(began.elapsed()).await;
    }
    if tasks > 0 {
        tracing::info!(event = "pruned", tasks, "tasks that ended longer than RETENTION ago are removed");
    }
    Ok(())
}
