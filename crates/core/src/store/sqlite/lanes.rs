use std::collections::HashMap;

use super::batch::Batch;
use super::database::Database;
use super::row::Columns as _;
use super::trouble::Result;
use crate::model::TaskType;

static OPEN: Batch = Batch::new(include_str!("sql/lanes_open.sql"), 5);
static GIVE: Batch = Batch::new(include_str!("sql/lanes_give.sql"), 3);

/// One task type's line of one priority in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct LaneKey {
    pub(super) queue: String,
    pub(super) task_type: TaskType,
    pub(super) priority: u8,
}

/// A lane with the positions that it gave to those who come.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) lane: i64,
    pub(super) queue: String,
    pub(super) task_type: TaskType,
    /// The next position at the tail.
    pub(super) tail: i64,
    /// The next position of those who go to the head, in their order.
    pub(super) head: i64,
}

impl Place {
    pub(super) fn next_tail(&mut self) -> i64 {
        self.tail += 1;
        self.tail - 1
    }

    pub(super) fn next_head(&mut self) -> i64 {
        self.head += 1;
        self.head - 1
    }
}

/// Who comes into a lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Coming {
    pub(super) tails: i64,
    pub(super) heads: i64,
}

/// Makes room at the tails of lanes, which may be new, for new tasks: so many in each, possibly none.
pub(super) async fn open(db: &mut dyn Database, coming: &HashMap<LaneKey, i64>) -> Result<HashMap<LaneKey, Place>> {
    let mut statement = OPEN.of(coming.len());
    for (key, tasks) in coming {
        statement.bind(key.queue.as_str()).bind(key.task_type.name.as_str());
        statement.bind(key.task_type.version).bind(key.priority).bind(*tasks);
    }
    let mut places = HashMap::with_capacity(coming.len());
    for row in statement.rows(db).await? {
        let key = LaneKey { queue: row.text("queue")?, task_type: row.task_type()?, priority: row.priority()? };
        let tasks = coming.get(&key).copied().unwrap_or_default();
        let place = Place {
            lane: row.integer("lane")?,
            queue: key.queue.clone(),
            task_type: key.task_type.clone(),
            tail: row.integer("tail")? - tasks + 1,
            head: row.integer("head")?,
        };
        places.insert(key, place);
    }
    Ok(places)
}

/// Makes room at both ends of lanes for tasks that wait again.
pub(super) async fn give(db: &mut dyn Database, coming: &HashMap<i64, Coming>) -> Result<HashMap<i64, Place>> {
    let mut places = HashMap::with_capacity(coming.len());
    if coming.is_empty() {
        return Ok(places);
    }
    let mut statement = GIVE.of(coming.len());
    for (lane, Coming { tails, heads }) in coming {
        statement.bind(*lane).bind(*tails).bind(*heads);
    }
    for row in statement.rows(db).await? {
        let lane = row.integer("lane")?;
        let tails = coming.get(&lane).copied().unwrap_or_default().tails;
        let place = Place {
            lane,
            queue: row.text("queue")?,
            task_type: row.task_type()?,
            tail: row.integer("tail")? - tails + 1,
            head: row.integer("head")?,
        };
        places.insert(lane, place);
    }
    Ok(places)
}
