use std::time::Duration;

use jobbers_core::process::{Outage, Shutdown};
use jobbers_core::store::{SharedStore, StoreError};
use tokio::time::{Instant, sleep_until};

use crate::{Chore, Cleaned, End, Summary, clean};

/// Cleans at once and then every `interval`, until it is asked to stop; `report` gets the summary of each round. A store that
/// is away is waited for; the error says that it does not fit this program (any more).
pub async fn serve(
    store: &SharedStore,
    chores: &[Chore],
    dry_run: bool,
    interval: Duration,
    shutdown: &Shutdown,
    report: impl Fn(&Summary),
) -> Result<(), StoreError> {
    let mut outage = Outage::none("cleaning");
    tracing::info!(event = "cleaner_started", interval_s = interval.as_secs_f64(), dry_run, "cleaner started");
    loop {
        let began = Instant::now();
        let Cleaned { summary, end } = clean(store, chores, dry_run, &shutdown.graceful).await;
        // Of a round that failed at once there is nothing to tell.
        if matches!(end, End::Done) || !summary.is_empty() {
            report(&summary);
        }
        let next = match end {
            End::Done => {
                outage.over();
                began + interval
            }
            End::Interrupted => break,
            End::Failed(error @ StoreError::Incompatible(_)) => return Err(error),
            End::Failed(error) => Instant::now() + outage.failed(&error),
        };
        tokio::select! {
            () = sleep_until(next) => {}
            () = shutdown.graceful.cancelled() => break,
        }
    }
    tracing::info!(event = "cleaner_stopped", "cleaner stopped");
    Ok(())
}
