use std::time::Duration;

use jobbers_core::model::ProcessKind;
use jobbers_core::store::SharedStore;
use tokio::time::sleep;

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(50);

/// Returns when a worker of this process is alive: from then on its tasks can be submitted.
pub(super) async fn workers_here(store: SharedStore) {
    loop {
        // A store that is away is said by others.
        if let Ok(live) = store.live().await {
            let here = std::process::id();
            if live.iter().any(|live| live.process.kind == ProcessKind::Worker && live.process.pid == here) {
                return;
            }
        }
        sleep(PAUSE).await;
    }
}
