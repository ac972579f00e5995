//! Signals of the store, passed on to whom they concern.

use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::WorkerId;
use jobbers_core::store::{SharedStore, WorkerSignal};
use tokio::sync::Notify;
use tokio::time::sleep;

/// Passes signals on, and subscribes again when they end. Never ends. Whatever is missed meanwhile is found by the slow poll
/// and by the next renewal.
pub(crate) async fn follow_signals(store: SharedStore, worker: WorkerId, claim: Arc<Notify>, renew: Arc<Notify>) {
    loop {
        match store.worker_signals(worker).await {
            Ok(mut signals) => {
                while let Some(signal) = signals.recv().await {
                    match signal {
                        WorkerSignal::Claim => claim.notify_one(),
                        // Renewing announces, and the answer says that it shall drain.
                        WorkerSignal::Renew | WorkerSignal::Drain => renew.notify_one(),
                    }
                }
            }
            Err(error) => tracing::debug!(event = "signals_away", %error, "no signals; the worker polls"),
        }
        sleep(Duration::from_millis(500)).await;
    }
}
