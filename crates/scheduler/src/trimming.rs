//! Entries of queues behind which no task waits: removed.

use std::time::Duration;

use jobbers_core::process::Outage;
use jobbers_core::store::{MAX_BATCH, SharedStore, StoreError, Sweep, Trim};
use tokio::time::{Instant, sleep};

/// How often it looks. Such entries only take room: claims pass over them.
const INTERVAL: Duration = Duration::from_secs(60);

/// Trims for ever, in all queues.
pub(crate) async fn trim_for_ever(store: SharedStore) {
    let mut outage = Outage::none("trimming");
    loop {
        let pause = match trim_all(&store).await {
            Ok(()) => {
                outage.over();
                // Several schedulers come at different times.
                INTERVAL.mul_f64(rand::random_range(0.5..1.0))
            }
            Err(error) => outage.failed(&error),
        };
        sleep(pause).await;
    }
}

/// Goes through all queues once.
async fn trim_all(store: &SharedStore) -> Result<(), StoreError> {
    let mut after = None;
    let mut entries = 0;
    loop {
        let began = Instant::now();
        let sweep = Sweep { after, limit: MAX_BATCH, rehearsal: false };
        let trimmed = store.trim(&Trim { since: None, until: None, sweep }).await?;
        entries += trimmed.gone + trimmed.dead;
        let Some(next) = trimmed.next else { break };
        after = Some(next);
        // Leaves the store to others for as long as this step took.
        sleep(began.elapsed()).await;
    }
    if entries > 0 {
        tracing::debug!(event = "trimmed", entries, "entries of queues whose tasks do not wait any more are removed");
    }
    Ok(())
}
