use std::collections::HashMap;

use async_trait::async_trait;

use super::batch::Statement;
use super::job::{Step, Tx};
use super::lanes;
use super::moving::tell;
use super::row::Columns as _;
use super::tally::Tally;
use super::trouble::Result;
use crate::model::{Status, TaskId};
use crate::store::CancelOutcome;

/// The wish for a task's end.
pub(super) struct Cancel(pub(super) TaskId);

#[async_trait]
impl Step for Cancel {
    type Answer = CancelOutcome;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<CancelOutcome> {
        let mut find = Statement::new(include_str!("sql/task_to_cancel.sql"));
        let Some(row) = find.bind(&self.0.to_bytes()[..]).row(tx.db).await? else {
            return Ok(CancelOutcome::NotFound);
        };
        let place = row.integer("place")?;
        let status = row.status("status")?;
        match status {
            Status::Submitted | Status::Scheduled => {
                let mut end = Statement::new(include_str!("sql/task_cancel.sql"));
                end.bind(tx.millis()).bind(place).run(tx.db).await?;
                if status == Status::Submitted {
                    lanes::take(tx.db, &HashMap::from([(row.integer("lane")?, 1)])).await?;
                }
                let mut tally = Tally::default();
                tally.of(&row.text("queue")?).cancelled += 1;
                tally.add(tx).await?;
                tx.effects.moves.push((self.0, Status::Cancelled));
                Ok(CancelOutcome::Cancelled)
            }
            Status::Started => {
                let since = if let Some(since) = row.maybe_time("cancel_requested_at")? {
                    since
                } else {
                    let mut request = Statement::new(include_str!("sql/task_request_cancel.sql"));
                    request.bind(tx.millis()).bind(place).run(tx.db).await?;
                    tx.now
                };
                if let Some(worker) = row.maybe_integer("worker")? {
                    tell(tx, &HashMap::from([(worker, 1)])).await?;
                }
                Ok(CancelOutcome::Requested { since })
            }
            Status::Unsubmitted
            | Status::Completed
            | Status::Failed
            | Status::Cancelled
            | Status::Stalled
            | Status::Dropped => Ok(CancelOutcome::Ended { status }),
        }
    }
}
