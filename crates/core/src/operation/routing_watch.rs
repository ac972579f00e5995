use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::Stores;
use crate::routing::{Routing, RoutingError, Snapshot};
use crate::store::SharedStore;

/// How often it is asked whether something has changed. A lost message costs 5 s at the most, and it is read, too.
const INTERVAL: Duration = Duration::from_secs(4);
/// Before a question that failed is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows queues and roles: gives what is configured when it begins, and whenever it has changed. While they cannot be
/// read the last ones hold. Ends when nobody listens any more.
///
/// A change is known at once by the message of whoever made it, and by its version within 5 s if that was lost.
pub async fn follow_routing(stores: Stores, known: watch::Sender<Arc<Snapshot>>) {
    let Stores { tasks, routing } = stores;
    let mut complained = false;
    let mut changes = None;
    while !known.is_closed() {
        let pause = match look(&routing, &known).await {
            Ok(()) => {
                if std::mem::take(&mut complained) {
                    tracing::info!(event = "routing", "queues and roles can be read again");
                }
                INTERVAL
            }
            Err(error) => {
                if !std::mem::replace(&mut complained, true) {
                    tracing::warn!(event = "routing", "queues and roles cannot be read, the last ones hold: {error}");
                }
                PAUSE
            }
        };
        tokio::select! {
            () = told(&tasks, &mut changes, Instant::now() + pause) => {}
            () = known.closed() => {}
        }
    }
}

/// Reads everything if the version is another than the one that is known.
async fn look(routing: &Routing, known: &watch::Sender<Arc<Snapshot>>) -> Result<(), RoutingError> {
    if routing.version().await? == known.borrow().version {
        return Ok(());
    }
    let snapshot = routing.snapshot().await?;
    known.send_replace(Arc::new(snapshot));
    Ok(())
}

/// Waits for a message, and until a moment at the longest.
async fn told(store: &SharedStore, changes: &mut Option<crate::store::RoutingChanges>, until: Instant) {
    if changes.is_none() {
        *changes = timeout_at(until, store.routing_changes()).await.ok().and_then(Result::ok);
    }
    match changes {
        Some(receiver) => {
            if let Ok(None) = timeout_at(until, receiver.recv()).await {
                *changes = None;
                sleep(PAUSE).await;
            }
        }
        None => tokio::time::sleep_until(until).await,
    }
}
