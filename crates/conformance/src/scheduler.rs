//! The scheduler's part, as scenarios play it.

use jobbers_core::lifecycle::{self, LeaseOver};
use jobbers_core::model::TaskId;
use jobbers_core::store::{MAX_BATCH, MoveOutcome, Overdue, OverdueTask, Promote, Promoted, SharedStore, Verdict};

/// Moves all that is due, in one step.
pub async fn promote(store: &SharedStore) -> Promoted {
    store.promote(&Promote { queues: None, limit: MAX_BATCH }).await.expect("promote")
}

pub async fn overdue(store: &SharedStore) -> Overdue {
    store.overdue(MAX_BATCH).await.expect("overdue")
}

/// Who is over its lease, in order of ids.
pub async fn overdue_ids(store: &SharedStore) -> Vec<TaskId> {
    let mut ids: Vec<_> = overdue(store).await.tasks.iter().map(|task| task.id).collect();
    ids.sort();
    ids
}

/// What the lifecycle says of a task whose lease is over.
pub fn decide(task: &OverdueTask) -> Verdict {
    let evidence = format!("worker {} stopped renewing", task.worker);
    let over = LeaseOver { lost: task.lost, counts_as_lost: task.counts_as_lost, evidence: &evidence };
    let transition = lifecycle::after_lease_over(&task.policy, over);
    Verdict { id: task.id, token: task.token, deadline: task.deadline, transition }
}

/// Decides on everything that is over its lease, and applies it.
pub async fn reap(store: &SharedStore) -> Vec<MoveOutcome> {
    let verdicts: Vec<_> = overdue(store).await.tasks.iter().map(decide).collect();
    store.reap(&verdicts).await.expect("reap")
}
