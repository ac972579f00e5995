use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Status, TaskId};
use crate::routing::Removal;
use crate::store::{Filter, List, MAX_BATCH, Order, Purge, SharedStore, StoreError, Sweep};

/// What has come of a removal so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Tasks that waited, or were scheduled, and are cancelled now.
    pub cancelled: u64,
    /// Tasks that run, and are asked to stop.
    pub stopping: u64,
    /// Nothing is left to do.
    pub complete: bool,
}

/// Cancels what a removal names, until a moment after which no step is begun. May be repeated, also by several
/// processes at once: each goes on where it finds something to do.
pub async fn carry_out(store: &SharedStore, removal: &Removal, until: Instant) -> Result<Removed, StoreError> {
    let mut removed = Removed::default();
    let before = match removal.before {
        Some(before) => before,
        None => store.now().await?,
    };
    let mut after = None;
    loop {
        let sweep = Sweep { after, limit: MAX_BATCH, rehearsal: false };
        let purge = Purge { queue: removal.queue.clone(), before, scheduled: removal.scheduled, sweep };
        let swept = store.purge(&purge).await?;
        removed.cancelled += swept.tasks as u64;
        match swept.next {
            None => break,
            Some(_) if Instant::now() >= until => return Ok(removed),
            next => after = next,
        }
    }
    removed.complete = !removal.started || stop_started(store, removal, until, &mut removed).await?;
    Ok(removed)
}

/// Asks for the end of what runs in the queue, but not of what was started there after it was created anew; answers whether
/// all was asked.
async fn stop_started(
    store: &SharedStore,
    removal: &Removal,
    until: Instant,
    removed: &mut Removed,
) -> Result<bool, StoreError> {
    let (status, queue) = (Some(Status::Started), Some(removal.queue.clone()));
    let started_until = removal.before.map(|before| before.after(Duration::from_millis(1)));
    let filter = Filter { status, queue, until: started_until, ..Filter::default() };
    let mut after = None;
    loop {
        let list = List { filter: filter.clone(), order: Order::default(), after, limit: MAX_BATCH };
        let listed = store.list(&list).await?;
        let ids: Vec<TaskId> = listed.entries.iter().map(|entry| entry.id).collect();
        if !ids.is_empty() {
            removed.stopping += ids.len() as u64;
            store.cancel_all(&ids).await?;
        }
        match listed.next {
            None => return Ok(true),
            Some(_) if Instant::now() >= until => return Ok(false),
            next => after = next,
        }
    }
}
