use async_trait::async_trait;

use super::batch::Statement;
use super::job::{Step, Tx};
use super::row::{Columns as _, millis};
use super::trouble::Result;
use super::unstarted::{self, Unstarted};
use crate::model::Status;
use crate::store::{Cursor, DropWaiting, MAX_BATCH, Swept};

/// Tasks that are looked at in each lane beyond those that are wanted. At its head may be some that were handed back or
/// taken from dead workers, and have not waited for long since then; behind these the longest waiting comes first.
const LOOKED_AT: usize = 500;

/// Tasks that have waited in vain.
pub(super) struct DropWaited(pub(super) DropWaiting);

#[async_trait]
impl Step for DropWaited {
    type Answer = Swept;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Swept> {
        let waited = self.find(tx).await?;
        unstarted::end(tx, &waited, Status::Dropped).await?;
        // Those that are left come first the next time.
        let next = (waited.len() == self.limit()).then(|| Cursor::Own(Vec::new()));
        Ok(Swept { now: tx.now, tasks: waited.len(), next })
    }
}

impl DropWaited {
    /// At least one: a sweep of none would never come to its end.
    fn limit(&self) -> usize {
        self.0.limit.clamp(1, MAX_BATCH)
    }

    async fn find(&self, tx: &mut Tx<'_>) -> Result<Vec<Unstarted>> {
        let DropWaiting { queue, task_type, waited, .. } = &self.0;
        let mut lanes = Statement::new(include_str!("sql/lanes_of_type_in_queue.sql"));
        lanes.bind(queue.as_str()).bind(task_type.name.as_str()).bind(task_type.version);
        let since = millis(tx.now).saturating_sub(i64::try_from(waited.as_millis()).unwrap_or(i64::MAX));
        let limit = self.limit();
        let mut found = Vec::new();
        for lane in lanes.rows(tx.db).await? {
            let most = limit - found.len();
            let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            let mut statement = Statement::new(include_str!("sql/tasks_waited.sql"));
            statement.bind(lane.integer("lane")?).bind(number(most + LOOKED_AT)).bind(since).bind(number(most));
            for row in statement.rows(tx.db).await? {
                found.push(Unstarted {
                    id: row.id()?,
                    place: row.integer("place")?,
                    status: row.status("status")?,
                    lane: row.integer("lane")?,
                    queue: row.text("queue")?,
                });
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }
}
