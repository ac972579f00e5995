use std::collections::HashMap;

use async_trait::async_trait;

use super::batch::Batch;
use super::job::{Step, Tx};
use super::moving::tell;
use super::row::Columns as _;
use super::trouble::Result;
use super::unstarted::{self, Unstarted};
use crate::model::{Status, TaskId, Timestamp};
use crate::store::CancelOutcome;

static FIND: Batch = Batch::new(include_str!("sql/tasks_to_cancel.sql"), 1);
static REQUEST: Batch = Batch::new(include_str!("sql/tasks_request_cancel.sql"), 1);

/// The wish for the end of tasks.
pub(super) struct Cancel(pub(super) Vec<TaskId>);

/// A task as it is found, and as it will be after the ids so far.
struct Found {
    task: Unstarted,
    worker: Option<i64>,
    requested_at: Option<Timestamp>,
}

#[async_trait]
impl Step for Cancel {
    type Answer = Vec<CancelOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let mut found = self.find(tx).await?;
        let mut outcomes = Vec::with_capacity(self.0.len());
        let (mut ending, mut requested) = (Vec::new(), Vec::new());
        let mut told: HashMap<i64, i64> = HashMap::new();
        for id in &self.0 {
            let Some(Found { task, worker, requested_at }) = found.get_mut(id) else {
                outcomes.push(CancelOutcome::NotFound);
                continue;
            };
            outcomes.push(match task.status {
                Status::Submitted | Status::Scheduled => {
                    ending.push(task.clone());
                    task.status = Status::Cancelled;
                    CancelOutcome::Cancelled
                }
                Status::Started => {
                    if requested_at.is_none() {
                        requested.push(task.place);
                    }
                    if let Some(worker) = worker {
                        *told.entry(*worker).or_default() += 1;
                    }
                    CancelOutcome::Requested { since: *requested_at.get_or_insert(tx.now) }
                }
                Status::Unsubmitted
                | Status::Completed
                | Status::Failed
                | Status::Cancelled
                | Status::Stalled
                | Status::Dropped => CancelOutcome::Ended { status: task.status },
            });
        }
        unstarted::end(tx, &ending, Status::Cancelled).await?;
        request(tx, &requested).await?;
        tell(tx, &told).await?;
        Ok(outcomes)
    }
}

impl Cancel {
    async fn find(&self, tx: &mut Tx<'_>) -> Result<HashMap<TaskId, Found>> {
        let mut statement = FIND.of(self.0.len());
        for id in &self.0 {
            statement.bind(&id.to_bytes()[..]);
        }
        let mut found = HashMap::with_capacity(self.0.len());
        for row in statement.rows(tx.db).await? {
            let task = Unstarted {
                id: row.id()?,
                place: row.integer("place")?,
                status: row.status("status")?,
                lane: row.integer("lane")?,
                queue: row.text("queue")?,
            };
            let worker = row.maybe_integer("worker")?;
            let requested_at = row.maybe_time("cancel_requested_at")?;
            found.insert(task.id, Found { task, worker, requested_at });
        }
        Ok(found)
    }
}

/// Records the wish for the end of started tasks.
async fn request(tx: &mut Tx<'_>, places: &[i64]) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let mut statement = REQUEST.of(places.len());
    statement.bind(tx.millis());
    for place in places {
        statement.bind(*place);
    }
    statement.run(tx.db).await?;
    Ok(())
}
