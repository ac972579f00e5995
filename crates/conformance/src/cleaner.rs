//! The cleaner's part, as scenarios play it.

use std::time::Duration;

use jobbers_core::model::TaskId;
use jobbers_core::store::{MAX_BATCH, Prunable, Prune, SharedStore, SilentTask, Stall, Sweep};

/// Pieces that no walk of a scenario has: a store may answer some that are empty.
const MOST_PIECES: usize = 1_000;

/// The beginning of a walk in the largest pieces.
pub const WALK: Sweep = Sweep { after: None, limit: MAX_BATCH, rehearsal: false };
/// The same, changing nothing.
pub const REHEARSAL: Sweep = Sweep { after: None, limit: MAX_BATCH, rehearsal: true };

/// Walks over all silent tasks from the beginning, in pieces.
pub async fn stall_with(store: &SharedStore, stale: Option<Duration>, sweep: Sweep) -> Vec<SilentTask> {
    let mut stall = Stall { stale, sweep };
    let mut tasks = Vec::new();
    for _ in 0..MOST_PIECES {
        let stalled = store.stall(&stall).await.expect("stall");
        assert!(stalled.tasks.len() <= stall.sweep.limit, "{} of at most {}", stalled.tasks.len(), stall.sweep.limit);
        tasks.extend(stalled.tasks);
        if stalled.next.is_none() {
            return tasks;
        }
        stall.sweep.after = stalled.next;
    }
    panic!("{stall:?} does not end");
}

/// Stalls all silent tasks; answers which, in order of ids.
pub async fn stall(store: &SharedStore, stale: Option<Duration>) -> Vec<TaskId> {
    let mut ids: Vec<_> = stall_with(store, stale, WALK).await.into_iter().map(|task| task.id).collect();
    ids.sort();
    ids
}

/// Walks over all old tasks from the beginning, in pieces; answers how many there were.
pub async fn prune_with(store: &SharedStore, what: Prunable, age: Duration, sweep: Sweep) -> usize {
    let mut prune = Prune { what, age, sweep };
    let mut tasks = 0;
    for _ in 0..MOST_PIECES {
        let swept = store.prune(&prune).await.expect("prune");
        let Sweep { limit, rehearsal, .. } = prune.sweep;
        assert!(rehearsal || swept.tasks <= limit, "{} of at most {limit}", swept.tasks);
        tasks += swept.tasks;
        if swept.next.is_none() {
            return tasks;
        }
        prune.sweep.after = swept.next;
    }
    panic!("{prune:?} does not end");
}

/// Forgets all tasks that ended so long ago and are no dead letters.
pub async fn prune(store: &SharedStore, age: Duration) -> usize {
    prune_with(store, Prunable::Ended, age, WALK).await
}
