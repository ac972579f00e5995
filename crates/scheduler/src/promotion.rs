//! Due tasks into their queues.

use std::time::Duration;

use jobbers_core::model::Status;
use jobbers_core::process::Outage;
use jobbers_core::store::{Moved, Promote, SharedStore, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::SchedulerSettings;
use crate::queues::PromotedQueues;

/// Time after which it looks again, in case a signal was lost.
const SLOW_POLL: Duration = Duration::from_secs(1);
/// Pause between two looks at nothing: a stream of tasks scheduled for later does not keep the store busy.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

/// Promotes what is due, for ever: in these queues, or in all. `sooner` says that something may be due sooner than was
/// known.
pub(crate) async fn promote_for_ever(
    store: SharedStore,
    settings: &SchedulerSettings,
    mut queues: Option<PromotedQueues>,
    sooner: &Notify,
) {
    let mut outage = Outage::none("promotion");
    loop {
        let current = match &mut queues {
            Some(queues) => Some(queues.current().await),
            None => None,
        };
        let promote = Promote { queues: current, limit: settings.scheduler_batch_size };
        let next = match promote_all(&store, &promote).await {
            Ok(next_due) => {
                outage.over();
                let longest = settings.scheduler_poll_interval.min(SLOW_POLL);
                next_due.map_or(longest, |due| due.min(longest)).max(Duration::from_millis(1))
            }
            Err(error) => {
                sleep(outage.failed(&error)).await;
                continue;
            }
        };
        let until = Instant::now() + next;
        tokio::select! {
            () = sleep_until(until) => {}
            () = sooner.notified() => sleep_until(until.min(Instant::now() + SHORTEST_PAUSE)).await,
            () = changed(&mut queues) => {}
        }
    }
}

async fn changed(queues: &mut Option<PromotedQueues>) {
    match queues {
        Some(queues) => queues.changed().await,
        None => std::future::pending().await,
    }
}

/// Promotes until nothing is due; answers how long it is until something is.
async fn promote_all(store: &SharedStore, promote: &Promote) -> Result<Option<Duration>, StoreError> {
    loop {
        let promoted = store.promote(promote).await?;
        if promoted.moved > 0 {
            tracing::debug!(event = "promoted", tasks = promoted.moved, "due tasks wait in their queues");
        }
        match promoted.next_due {
            Some(due) if due > promoted.now => return Ok(Some(due.since(promoted.now))),
            Some(_) if promoted.moved > 0 => {}
            // The hint may be too early.
            Some(_) => return Ok(Some(SHORTEST_PAUSE)),
            None => return Ok(None),
        }
    }
}

/// Says when a task was scheduled: it may be due before the others. Never ends.
pub(crate) async fn watch_for_sooner(store: SharedStore, sooner: &Notify) {
    const MANY: usize = 1024;
    let mut moved = Vec::with_capacity(MANY);
    loop {
        match store.moves().await {
            Ok(mut moves) => {
                while moves.recv_many(&mut moved, MANY).await > 0 {
                    if moved.drain(..).any(|moved| matches!(moved, Moved::Task(_, Status::Scheduled) | Moved::Resync)) {
                        sooner.notify_one();
                    }
                }
            }
            Err(error) => tracing::debug!(event = "signals_away", %error, "no signals; the scheduler polls"),
        }
        sleep(SLOW_POLL).await;
    }
}
