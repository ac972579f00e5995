use jobbers_core::store::{Cursor, MAX_BATCH, Prune, SharedStore, SilentTask, Stall, StoreError, Sweep, Trim};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::breath::Breath;
use crate::progress::Progress;
use crate::summary::Found;
use crate::{Chore, Summary};

/// A clean-up, as far as it came.
#[derive(Debug)]
pub struct Cleaned {
    pub summary: Summary,
    pub end: End,
}

#[derive(Debug)]
pub enum End {
    Done,
    /// Asked to stop before everything was looked at.
    Interrupted,
    Failed(StoreError),
}

/// Does these chores with the whole store, one after the other, until it is asked to stop.
pub async fn clean(store: &SharedStore, chores: &[Chore], dry_run: bool, stop: &CancellationToken) -> Cleaned {
    let began = Instant::now();
    let mut summary = Summary::new(dry_run);
    let mut progress = Progress::new();
    let mut end = End::Done;
    for chore in chores {
        match walk(store, chore, &mut summary, &mut progress, stop).await {
            End::Done => {}
            other => {
                end = other;
                break;
            }
        }
    }
    summary.took(began.elapsed());
    Cleaned { summary, end }
}

/// Goes through the whole store once, in bounded steps.
async fn walk(
    store: &SharedStore,
    chore: &Chore,
    summary: &mut Summary,
    progress: &mut Progress,
    stop: &CancellationToken,
) -> End {
    let mut after = None;
    while !stop.is_cancelled() {
        let sweep = Sweep { after, limit: MAX_BATCH, rehearsal: summary.dry_run };
        let breath = Breath::before_a_step();
        match step(store, chore, sweep).await {
            Ok((found, next)) => {
                summary.add(found);
                progress.tell(summary);
                let Some(next) = next else { return End::Done };
                after = Some(next);
            }
            Err(error) => return End::Failed(error),
        }
        breath.take().await;
    }
    End::Interrupted
}

async fn step(store: &SharedStore, chore: &Chore, sweep: Sweep) -> Result<(Found, Option<Cursor>), StoreError> {
    Ok(match chore {
        Chore::Stall { stale } => {
            let rehearsal = sweep.rehearsal;
            let stalled = store.stall(&Stall { stale: *stale, sweep }).await?;
            for task in &stalled.tasks {
                tell(task, rehearsal);
            }
            (Found::Silent(stalled.tasks.len()), stalled.next)
        }
        Chore::Prune { what, age } => {
            let swept = store.prune(&Prune { what: *what, age: *age, sweep }).await?;
            (Found::Ended(*what, swept.tasks), swept.next)
        }
        Chore::Trim { since, until } => {
            let trimmed = store.trim(&Trim { since: *since, until: *until, sweep }).await?;
            (Found::Entries { gone: trimmed.gone, dead: trimmed.dead }, trimmed.next)
        }
    })
}

fn tell(SilentTask { id, task_type, queue, attempt, worker }: &SilentTask, rehearsal: bool) {
    if rehearsal {
        tracing::info!(
            event = "would_stall", task_id = %id, task = %task_type, queue, attempt, worker = %worker,
            "the task gives no sign of progress; without --dry-run it would be stalled"
        );
    } else {
        tracing::warn!(
            event = "stalled", task_id = %id, task = %task_type, queue, attempt, worker = %worker,
            "the task gave no sign of progress for too long and is stalled; its worker stops it"
        );
    }
}
