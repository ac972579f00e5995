//! What asks attempts to stop: their deadlines, and the end of the worker.

use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::OnShutdown;
use jobbers_core::process::Shutdown;
use tokio::time::{Instant, sleep, sleep_until};

use super::Running;
use crate::attempt::Interruption;

/// Interrupts attempts that take too long, and notices those that do not stop. Never ends.
pub(crate) async fn watch_deadlines(running: Arc<Running>) {
    loop {
        let next = running.enforce_deadlines();
        let next = async {
            match next {
                // A deadline that has just passed and could not be served is not looked at again and again.
                Some(next) => sleep_until(next.max(Instant::now() + Duration::from_millis(1))).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = next => {}
            () = running.deadline_has_moved() => {}
        }
    }
}

/// At the first signal, asks each handler to stop as its policy says; `continue` handlers after `grace`.
pub(crate) async fn watch_shutdown(running: Arc<Running>, shutdown: Shutdown, grace: Option<Duration>) {
    shutdown.graceful.cancelled().await;
    for attempt in running.close() {
        match attempt.registration().policy.on_shutdown {
            OnShutdown::Stop => running.interrupt(&attempt, Interruption::Stopped),
            OnShutdown::Resubmit => running.interrupt(&attempt, Interruption::HandedBack),
            OnShutdown::Continue => false,
        };
    }
    let Some(grace) = grace else { return };
    sleep(grace).await;
    for attempt in running.snapshot() {
        running.interrupt(&attempt, Interruption::HandedBack);
    }
}
