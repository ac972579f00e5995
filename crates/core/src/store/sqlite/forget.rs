use async_trait::async_trait;

use super::batch::{Batch, Statement};
use super::job::{Step, Tx};
use super::standing::standings;
use super::trouble::Result;
use crate::model::{Status, TaskId};
use crate::store::ForgetOutcome;

static TASKS: Batch = Batch::new(include_str!("sql/tasks_forget.sql"), 1);
static BODIES: Batch = Batch::new(include_str!("sql/bodies_forget.sql"), 1);
static ENDS: Batch = Batch::new(include_str!("sql/ends_forget_all.sql"), 1);

/// Ended tasks that are to be removed.
pub(super) struct Forget(pub(super) Vec<TaskId>);

#[async_trait]
impl Step for Forget {
    type Answer = Vec<ForgetOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        forget(tx, &self.0).await
    }
}

/// Removes those of these tasks that have ended.
pub(super) async fn forget(tx: &mut Tx<'_>, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
    let mut standings = standings(tx, ids).await?;
    let mut outcomes = Vec::with_capacity(ids.len());
    let mut places = Vec::new();
    for id in ids {
        outcomes.push(match standings.get(id) {
            None => ForgetOutcome::NotFound,
            Some(task) if !task.status.is_ended() => ForgetOutcome::Live { now: task.status },
            Some(task) => {
                places.push(task.place);
                task.leave_dead_letters(tx);
                tx.effects.moves.push((*id, Status::Unsubmitted));
                standings.remove(id);
                ForgetOutcome::Forgotten
            }
        });
    }
    if !places.is_empty() {
        remove(tx, &places).await?;
    }
    Ok(outcomes)
}

async fn remove(tx: &mut Tx<'_>, places: &[i64]) -> Result<()> {
    // Nobody must be given the place of a task that is gone: cursors and idempotency keys may still have it.
    Statement::new(include_str!("sql/meta_keep_last_place.sql")).run(tx.db).await?;
    for batch in [&ENDS, &BODIES, &TASKS] {
        let mut statement = batch.of(places.len());
        for place in places {
            statement.bind(*place);
        }
        statement.run(tx.db).await?;
    }
    Ok(())
}
