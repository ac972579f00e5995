//! Where a waiting task stands.

use sqlx::{Connection as _, SqliteConnection};

use super::batch::Statement;
use super::rate;
use super::row::Columns as _;
use super::running;
use super::trouble::Result;
use crate::model::{RateLimit, TaskId, Timestamp};
use crate::store::{Ahead, Standing};

/// Reads it in one snapshot; none if the task does not wait.
pub(super) async fn standing(
    db: &mut SqliteConnection,
    now: Timestamp,
    id: TaskId,
    limit: Option<RateLimit>,
) -> Result<Option<Standing>> {
    let mut snapshot = db.begin().await?;
    let mut statement = Statement::new(include_str!("sql/task_stands.sql"));
    let Some(row) = statement.bind(&id.to_bytes()[..]).row(&mut *snapshot).await? else { return Ok(None) };
    let (queue, task_type) = (row.text("queue")?, row.task_type()?);
    let line = Line {
        lane: row.integer("lane")?,
        position: row.integer("position")?,
        waiting: row.integer("waiting")?.unsigned_abs(),
    };
    let mut statement = Statement::new(include_str!("sql/lanes_beside.sql"));
    let beside = statement.bind(queue.as_str()).bind(row.priority()?).row(&mut *snapshot).await?;
    let (of_better_priority, types_in_turn) = match beside {
        Some(beside) => (beside.integer("better")?.unsigned_abs(), beside.count("types")?),
        None => (0, 0),
    };
    let in_queue = running::in_queues(&mut *snapshot, now, &[&queue]).await?;
    let of_type = running::of_types(&mut *snapshot, now, &[&task_type]).await?;
    let allowance = match limit {
        Some(limit) => Some(rate::allowance(&mut *snapshot, now, &queue, limit).await?),
        None => None,
    };
    Ok(Some(Standing {
        ahead: line.ahead(&mut snapshot).await?,
        of_better_priority,
        types_in_turn,
        running_in_queue: in_queue.get(&queue).copied().unwrap_or_default(),
        running_of_type: of_type.get(&task_type).copied().unwrap_or_default(),
        allowance,
    }))
}

/// A task's position in its lane.
struct Line {
    lane: i64,
    position: i64,
    /// Tasks of the lane, itself among them.
    waiting: u64,
}

impl Line {
    async fn ahead(&self, db: &mut SqliteConnection) -> Result<Ahead> {
        let mut statement = Statement::new(include_str!("sql/tasks_ahead.sql"));
        statement.bind(self.lane).bind(self.position).bind(i64::try_from(Ahead::EXACT).unwrap_or(i64::MAX));
        let Some(row) = statement.row(db).await? else { return Ok(Ahead::Exactly(0)) };
        let first = row.integer("tasks")?.unsigned_abs();
        let Some(after) = row.maybe_integer("position")?.filter(|_| first >= Ahead::EXACT) else {
            return Ok(Ahead::Exactly(first));
        };
        let tail = Statement::new(include_str!("sql/tasks_tail.sql")).bind(self.lane).row(db).await?;
        let tail = tail.map(|row| row.maybe_integer("position")).transpose()?.flatten().unwrap_or(self.position);
        Ok(Ahead::About(estimate(self.waiting, after, self.position, tail)))
    }
}

/// Tasks before a position, behind the first [`Ahead::EXACT`], which end `after` another one: as if all others were spread
/// evenly up to the `tail`.
fn estimate(waiting: u64, after: i64, position: i64, tail: i64) -> u64 {
    let others = u128::from(waiting.saturating_sub(Ahead::EXACT));
    let span = u128::from(tail.saturating_sub(after).max(1).unsigned_abs());
    let steps = u128::from(position.saturating_sub(after).max(1).unsigned_abs());
    let up_to_itself = u64::try_from((others * steps).div_ceil(span)).unwrap_or(u64::MAX);
    Ahead::EXACT + up_to_itself.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_the_first_thousand_tasks_are_taken_to_be_spread_evenly() {
        assert_eq!(estimate(5_000, 1_000, 1_001, 5_000), 1_000);
        assert_eq!(estimate(5_000, 1_000, 3_000, 5_000), 2_999);
        assert_eq!(estimate(5_000, 1_000, 5_000, 5_000), 4_999);
        assert_eq!(estimate(3_000, 1_000, 3_000, 5_000), 1_999, "every other one is gone");
        assert_eq!(estimate(1_001, 1_000, 9_000, 9_000), 1_000);
        assert_eq!(estimate(0, 5, 5, 5), 1_000, "whatever the counts say");
    }
}
