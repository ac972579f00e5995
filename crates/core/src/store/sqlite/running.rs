//! What counts against limits on how many tasks run over all workers.

use std::collections::HashMap;

use super::batch::Batch;
use super::database::Database;
use super::row::{Columns as _, millis};
use super::trouble::Result;
use crate::model::{TaskType, Timestamp};
use crate::store::MAX_BATCH;

static IN_QUEUES: Batch = Batch::new(include_str!("sql/running_in_queues.sql"), 1);
static OF_TYPES: Batch = Batch::new(include_str!("sql/running_of_types.sql"), 2);

/// How many tasks of each queue run.
pub(super) async fn in_queues(db: &mut dyn Database, now: Timestamp, queues: &[&str]) -> Result<HashMap<String, u64>> {
    let mut running = HashMap::with_capacity(queues.len());
    for queues in queues.chunks(MAX_BATCH) {
        let mut statement = IN_QUEUES.of(queues.len());
        statement.bind(millis(now));
        for queue in queues {
            statement.bind(*queue);
        }
        for row in statement.rows(db).await? {
            running.insert(row.text("queue")?, row.integer("tasks")?.max(0).unsigned_abs());
        }
    }
    Ok(running)
}

/// How many tasks of each type run, in whatever queue.
pub(super) async fn of_types(
    db: &mut dyn Database,
    now: Timestamp,
    types: &[&TaskType],
) -> Result<HashMap<TaskType, u64>> {
    let mut running = HashMap::with_capacity(types.len());
    for types in types.chunks(MAX_BATCH) {
        let mut statement = OF_TYPES.of(types.len());
        statement.bind(millis(now));
        for task_type in types {
            statement.bind(task_type.name.as_str()).bind(task_type.version);
        }
        for row in statement.rows(db).await? {
            running.insert(row.task_type()?, row.integer("tasks")?.max(0).unsigned_abs());
        }
    }
    Ok(running)
}
