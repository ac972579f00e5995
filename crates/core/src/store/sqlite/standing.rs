use std::collections::HashMap;

use super::batch::Batch;
use super::job::Tx;
use super::row::Columns as _;
use super::tails::Comer;
use super::trouble::Result;
use crate::model::{Status, TaskId};

static FIND: Batch = Batch::new(include_str!("sql/tasks_standing.sql"), 1);

/// Where a task is, for those who want it somewhere else.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) place: i64,
    pub(super) lane: i64,
    pub(super) queue: String,
    pub(super) status: Status,
    pub(super) is_dead: bool,
    /// Of a dead letter: the fingerprint of its error.
    pub(super) likeness: Option<i64>,
    /// The request that made it run again last.
    pub(super) resubmitted_by: Option<i64>,
}

impl Standing {
    pub(super) const fn comer(&self) -> Comer {
        Comer { place: self.place, lane: self.lane }
    }

    /// Counts that it is no dead letter any more, if it is one.
    pub(super) fn leave_dead_letters(&self, tx: &mut Tx<'_>) {
        if self.is_dead {
            tx.lanes.lose_dead(self.lane);
            if let Some(likeness) = self.likeness {
                tx.groups.lose(self.lane, likeness);
            }
        }
    }
}

/// Those of these tasks that are known.
pub(super) async fn standings(tx: &mut Tx<'_>, ids: &[TaskId]) -> Result<HashMap<TaskId, Standing>> {
    let mut statement = FIND.of(ids.len());
    for id in ids {
        statement.bind(&id.to_bytes()[..]);
    }
    let mut standings = HashMap::with_capacity(ids.len());
    for row in statement.rows(tx.db).await? {
        let standing = Standing {
            place: row.integer("place")?,
            lane: row.integer("lane")?,
            queue: row.text("queue")?,
            status: row.status("status")?,
            is_dead: row.maybe_integer("dead_at")?.is_some(),
            likeness: row.maybe_integer("likeness")?,
            resubmitted_by: row.maybe_integer("resubmitted_by")?,
        };
        standings.insert(row.id()?, standing);
    }
    Ok(standings)
}
