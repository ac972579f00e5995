//! Tasks that did not start in time: cancelled.

use std::time::Duration;

use jobbers_core::process::Outage;
use jobbers_core::store::{MAX_BATCH, SharedStore, StoreError};
use tokio::time::sleep;

use crate::SchedulerSettings;

/// How often it looks. A task past its time is not started meanwhile either: this only makes it known.
const INTERVAL: Duration = Duration::from_secs(1);
/// Pause between two looks at nothing, where the hint was too early.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// Expires for ever, in all queues.
pub(crate) async fn expire_for_ever(store: SharedStore, settings: &SchedulerSettings) {
    let interval = settings.scheduler_poll_interval.min(INTERVAL);
    let mut outage = Outage::none("expiry");
    loop {
        let pause = match expire_all(&store).await {
            Ok(next) => {
                outage.over();
                next.map_or(interval, |next| next.clamp(SHORTEST_PAUSE.min(interval), interval))
            }
            Err(error) => outage.failed(&error),
        };
        sleep(pause).await;
    }
}

/// Expires until nothing is past its time; answers how long it is until something is.
async fn expire_all(store: &SharedStore) -> Result<Option<Duration>, StoreError> {
    loop {
        let expired = store.expire(MAX_BATCH).await?;
        if expired.moved > 0 {
            tracing::info!(
                event = "expired",
                tasks = expired.moved,
                "tasks that had not started in time are cancelled"
            );
        }
        match expired.next {
            Some(next) if next <= expired.now && expired.moved > 0 => {}
            next => return Ok(next.map(|next| next.since(expired.now))),
        }
    }
}
