use async_trait::async_trait;

use super::batch::{Batch, Statement};
use super::job::{Step, Tx};
use super::row::{Columns as _, Row};
use super::tails::{self, Comer};
use super::trouble::Result;
use crate::model::{Status, Timestamp};
use crate::store::{MAX_BATCH, Promote, Promoted};

static DUE: Batch = Batch::new(include_str!("sql/tasks_due_by_queue.sql"), 1);
static NEXT: Batch = Batch::new(include_str!("sql/tasks_next_due_by_queue.sql"), 1);
static PROMOTE: Batch = Batch::new(include_str!("sql/tasks_promote.sql"), 2);

/// Moves due tasks to the tails of their lanes.
pub(super) struct PromoteDue(pub(super) Promote);

#[async_trait]
impl Step for PromoteDue {
    type Answer = Promoted;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Promoted> {
        let due = self.due(tx).await?;
        let comers: Vec<Comer> = due.iter().map(|task| Comer { place: task.place, lane: task.lane }).collect();
        promote(tx, &comers).await?;
        Ok(Promoted { now: tx.now, moved: due.len(), next_due: self.next_due(tx).await? })
    }
}

/// Scheduled → waiting, at the tails of their lanes.
pub(super) async fn promote(tx: &mut Tx<'_>, tasks: &[Comer]) -> Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    let positions = tails::positions(tx, tasks).await?;
    let mut statement = PROMOTE.of(tasks.len());
    statement.bind(tx.millis());
    for (place, position) in positions {
        statement.bind(place).bind(position);
    }
    for task in tasks {
        tx.lanes.lose(task.lane, Status::Scheduled);
    }
    for row in statement.rows(tx.db).await? {
        tx.effects.moves.push((row.id()?, Status::Submitted));
    }
    Ok(())
}

struct Due {
    place: i64,
    lane: i64,
    run_at: Timestamp,
}

impl PromoteDue {
    fn limit(&self) -> usize {
        self.0.limit.min(MAX_BATCH)
    }

    async fn due(&self, tx: &mut Tx<'_>) -> Result<Vec<Due>> {
        let limit = i64::try_from(self.limit()).unwrap_or(i64::MAX);
        let mut due = Vec::new();
        let mut take = |rows: Vec<Row>| -> Result<()> {
            for row in rows {
                due.push(Due { place: row.integer("place")?, lane: row.integer("lane")?, run_at: row.time("run_at")? });
            }
            Ok(())
        };
        match &self.0.queues {
            None => {
                let mut statement = Statement::new(include_str!("sql/tasks_due.sql"));
                take(statement.bind(tx.millis()).bind(limit).rows(tx.db).await?)?;
            }
            Some(queues) => {
                for queues in queues.chunks(MAX_BATCH) {
                    let mut statement = DUE.of(queues.len());
                    statement.bind(tx.millis()).bind(limit);
                    for queue in queues {
                        statement.bind(queue.as_str());
                    }
                    take(statement.rows(tx.db).await?)?;
                }
            }
        }
        due.sort_by_key(|task| (task.run_at, task.place));
        due.dedup_by_key(|task| task.place);
        due.truncate(self.limit());
        Ok(due)
    }

    async fn next_due(&self, tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
        let Some(queues) = &self.0.queues else {
            let row = Statement::new(include_str!("sql/tasks_next_due.sql")).row(tx.db).await?;
            return Ok(row.map(|row| row.maybe_time("run_at")).transpose()?.flatten());
        };
        let mut next: Option<Timestamp> = None;
        for queues in queues.chunks(MAX_BATCH) {
            let mut statement = NEXT.of(queues.len());
            for queue in queues {
                statement.bind(queue.as_str());
            }
            for row in statement.rows(tx.db).await? {
                let due = row.maybe_time("run_at")?;
                next = next.into_iter().chain(due).min();
            }
        }
        Ok(next)
    }
}
