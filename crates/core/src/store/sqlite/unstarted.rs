use async_trait::async_trait;

use super::batch::{Batch, Statement};
use super::job::{Step, Tx};
use super::row::{Columns as _, letter};
use super::tally::Tally;
use super::trouble::Result;
use crate::model::{Status, TaskId, Timestamp};
use crate::store::{Expired, MAX_BATCH};

static END: Batch = Batch::new(include_str!("sql/tasks_end_unstarted.sql"), 1);

/// A task that waits or is scheduled.
#[derive(Debug, Clone)]
pub(super) struct Unstarted {
    pub(super) id: TaskId,
    pub(super) place: i64,
    pub(super) status: Status,
    pub(super) lane: i64,
    pub(super) queue: String,
}

/// Ends tasks that have not started: as cancelled or dropped.
pub(super) async fn end(tx: &mut Tx<'_>, tasks: &[Unstarted], status: Status) -> Result<()> {
    let mut tally = Tally::default();
    for tasks in tasks.chunks(MAX_BATCH) {
        let mut statement = END.of(tasks.len());
        statement.bind(tx.millis()).bind(letter(status));
        for task in tasks {
            statement.bind(task.place);
            tx.lanes.lose(task.lane, task.status);
            let counts = tally.of(&task.queue);
            counts.cancelled += i64::from(status == Status::Cancelled);
            counts.dropped += i64::from(status == Status::Dropped);
            tx.effects.moves.push((task.id, status));
        }
        statement.run(tx.db).await?;
    }
    tally.add(tx).await
}

/// Ends tasks that have not started before they expired.
pub(super) struct Expire {
    pub(super) limit: usize,
}

#[async_trait]
impl Step for Expire {
    type Answer = Expired;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Expired> {
        let moved = expire(tx, self.limit).await?;
        Ok(Expired { now: tx.now, moved, next: next_expiry(tx).await? })
    }
}

/// Ends at most so many expired tasks, the longest expired first; answers how many.
pub(super) async fn expire(tx: &mut Tx<'_>, limit: usize) -> Result<usize> {
    let limit = i64::try_from(limit.min(MAX_BATCH)).unwrap_or(i64::MAX);
    let mut statement = Statement::new(include_str!("sql/tasks_expired.sql"));
    let mut expired = Vec::new();
    for row in statement.bind(tx.millis()).bind(limit).rows(tx.db).await? {
        expired.push(Unstarted {
            id: row.id()?,
            place: row.integer("place")?,
            status: row.status("status")?,
            lane: row.integer("lane")?,
            queue: row.text("queue")?,
        });
    }
    end(tx, &expired, Status::Cancelled).await?;
    Ok(expired.len())
}

async fn next_expiry(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    let row = Statement::new(include_str!("sql/tasks_next_expiry.sql")).row(tx.db).await?;
    Ok(row.map(|row| row.maybe_time("expiring")).transpose()?.flatten())
}
