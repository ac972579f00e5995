//! Tasks that nobody can run: dropped.

use std::time::Duration;

use jobbers_core::process::Outage;
use jobbers_core::store::{DropWaiting, MAX_BATCH, SharedStore, StoreError};
use tokio::time::{Instant, sleep};

use crate::unknown::{Missed, unknown};
use crate::{SchedulerSettings, UnknownTaskGrace};

/// How often it looks at the least; more often if the grace is short.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// Drops for ever, in all queues; nothing with a grace of `never`.
pub(crate) async fn drop_for_ever(store: SharedStore, settings: &SchedulerSettings) {
    let UnknownTaskGrace::After(grace) = settings.unknown_task_grace else {
        return std::future::pending().await;
    };
    let interval = (grace / 10).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
    let mut outage = Outage::none("dropping");
    let mut missed = Missed::default();
    loop {
        let began = Instant::now();
        let pause = match drop_some(&store, &mut missed, grace).await {
            Ok(more) => {
                outage.over();
                // Leaves the store to others for as long as this took.
                if more { began.elapsed() } else { interval }
            }
            Err(error) => {
                missed.forget();
                outage.failed(&error)
            }
        };
        sleep(pause).await;
    }
}

/// Drops at most a batch of each unknown type, so that a worker that comes meanwhile saves the rest; answers whether there
/// may be more.
async fn drop_some(store: &SharedStore, missed: &mut Missed, grace: Duration) -> Result<bool, StoreError> {
    let waiting = store.waiting().await?;
    if waiting.is_empty() {
        missed.forget();
        return Ok(false);
    }
    let (now, live) = (store.now().await?, store.live().await?);
    missed.see(&live, &waiting, now);
    let mut more = false;
    for waits in unknown(&live, &waiting, grace, now) {
        if !missed.for_long(waits, grace, now) {
            continue;
        }
        let (queue, task_type) = (waits.queue.clone(), waits.task_type.clone());
        let drop = DropWaiting { queue, task_type, waited: grace, limit: MAX_BATCH };
        let swept = match store.drop_waiting(&drop).await {
            Ok(swept) => swept,
            Err(error) if error.is_transient() => return Err(error),
            // It must not hold up the others.
            Err(error) => {
                let queue = waits.queue.as_str();
                tracing::error!(event = "drop_failed", task = %waits.task_type, queue, %error, "left as they are");
                continue;
            }
        };
        if swept.tasks > 0 {
            tracing::warn!(
                event = "dropped", task = %waits.task_type, queue = waits.queue, tasks = swept.tasks,
                grace_s = grace.as_secs_f64(),
                "no live worker knows this type of tasks; those that had waited for UNKNOWN_TASK_GRACE are dropped"
            );
        }
        more |= swept.tasks > 0 || swept.next.is_some();
    }
    Ok(more)
}
