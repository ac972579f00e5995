//! The sign of life.

use std::time::Duration;

use jobbers_core::model::{ProcessInfo, ProcessKind, WorkerId};
use jobbers_core::process::Outage;
use jobbers_core::store::{SharedStore, StoreError};
use tokio::time::sleep;

use crate::SchedulerSettings;

const INTERVAL: Duration = Duration::from_secs(5);
const TTL: Duration = Duration::from_secs(15);

/// Says that this scheduler is alive, for ever.
pub(crate) async fn announce_for_ever(store: SharedStore, id: WorkerId, settings: &SchedulerSettings) {
    let mut outage = Outage::none("sign of life");
    let mut process: Option<ProcessInfo> = None;
    loop {
        let pause = match announce(&store, &mut process, id, settings).await {
            Ok(()) => {
                outage.over();
                INTERVAL
            }
            Err(error) => outage.failed(&error),
        };
        sleep(pause).await;
    }
}

async fn announce(
    store: &SharedStore,
    known: &mut Option<ProcessInfo>,
    id: WorkerId,
    settings: &SchedulerSettings,
) -> Result<(), StoreError> {
    let process = match known {
        Some(process) => process,
        None => known.insert(ProcessInfo {
            id,
            kind: ProcessKind::Scheduler,
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            pid: std::process::id(),
            role: settings.scheduler_role.clone(),
            queues: Vec::new(),
            slots: 0,
            types: Vec::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: store.now().await?,
            load: None,
        }),
    };
    store.announce(process, TTL).await.map(drop)
}
