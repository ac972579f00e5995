//! Tasks of dead workers: run again, or taken out.

use std::time::Duration;

use jobbers_core::model::Status;
use jobbers_core::process::Outage;
use jobbers_core::store::{MAX_BATCH, MoveOutcome, OverdueTask, SharedStore, StoreError, Verdict};
use tokio::time::sleep;

use crate::SchedulerSettings;
use crate::evidence::verdict;

/// Reaps so often that a task of a dead worker waits little longer than its lease.
const INTERVAL: Duration = Duration::from_secs(1);

/// Reaps for ever.
pub(crate) async fn reap_for_ever(store: SharedStore, settings: &SchedulerSettings) {
    let interval = settings.scheduler_poll_interval.min(INTERVAL);
    let mut outage = Outage::none("reaping");
    loop {
        let pause = match reap_all(&store).await {
            Ok(()) => {
                outage.over();
                interval
            }
            Err(error) => outage.failed(&error),
        };
        sleep(pause).await;
    }
}

/// Reaps until nothing is overdue.
async fn reap_all(store: &SharedStore) -> Result<(), StoreError> {
    loop {
        let overdue = store.overdue(MAX_BATCH).await?;
        if overdue.tasks.is_empty() {
            return Ok(());
        }
        let verdicts: Vec<Verdict> = overdue.tasks.iter().map(verdict).collect();
        let applied = apply(store, &overdue.tasks, &verdicts).await?;
        if overdue.tasks.len() < MAX_BATCH || applied == 0 {
            return Ok(());
        }
    }
}

/// Answers how many verdicts were applied. A batch that the store chokes on is applied one by one.
async fn apply(store: &SharedStore, tasks: &[OverdueTask], verdicts: &[Verdict]) -> Result<usize, StoreError> {
    match store.reap(verdicts).await {
        Ok(outcomes) => {
            let applied = tasks.iter().zip(outcomes).filter(|(task, outcome)| tell(task, *outcome));
            return Ok(applied.count());
        }
        Err(error) if error.is_transient() || verdicts.len() == 1 => return Err(error),
        Err(error) => tracing::warn!(event = "reap_failed", %error, "the batch is applied one by one"),
    }
    let mut applied = 0;
    for (task, verdict) in tasks.iter().zip(verdicts) {
        match store.reap(std::slice::from_ref(verdict)).await {
            Ok(outcomes) => applied += outcomes.into_iter().filter(|outcome| tell(task, *outcome)).count(),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                let (task_id, queue) = (task.id, task.queue.as_str());
                tracing::error!(event = "reap_failed", %task_id, task = %task.task_type, queue, %error, "left as it is");
            }
        }
    }
    Ok(applied)
}

/// Whether it was applied.
fn tell(task: &OverdueTask, outcome: MoveOutcome) -> bool {
    match outcome {
        MoveOutcome::Applied { status } => {
            let again = match status {
                Status::Submitted => "a worker let its lease run out; the task waits again",
                Status::Cancelled => "a worker let its lease run out; the task had been cancelled",
                Status::Failed => "too many workers died under the task; it is a dead letter",
                Status::Unsubmitted
                | Status::Scheduled
                | Status::Started
                | Status::Completed
                | Status::Stalled
                | Status::Dropped => "a worker let its lease run out",
            };
            tracing::warn!(
                event = "reaped", task_id = %task.id, task = %task.task_type, queue = task.queue, attempt = task.attempt,
                worker = %task.worker, lost = task.lost, %status, "{again}"
            );
            true
        }
        // Renewed, finished, or reaped by another scheduler since it was listed.
        MoveOutcome::Stale { .. } => false,
    }
}
