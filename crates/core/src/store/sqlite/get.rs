use std::collections::HashMap;

use sqlx::{Connection as _, SqliteConnection};

use super::batch::{Batch, Statement};
use super::row::{Columns as _, Row, eight_bytes};
use super::trouble::Result;
use crate::model::{AttemptEnd, Task, TaskId, WorkerId};
use crate::store::MAX_BATCH;

static SIZES: Batch = Batch::new(include_str!("sql/tasks_sizes.sql"), 1);
static TASKS: Batch = Batch::new(include_str!("sql/tasks_get.sql"), 1);
static ENDS: Batch = Batch::new(include_str!("sql/ends_of.sql"), 1);

/// One task, whole.
pub(super) async fn get(db: &mut SqliteConnection, id: TaskId) -> Result<Option<Task>> {
    let mut snapshot = db.begin().await?;
    let mut find = Statement::new(include_str!("sql/task_get.sql"));
    let Some(row) = find.bind(&id.to_bytes()[..]).row(&mut *snapshot).await? else {
        return Ok(None);
    };
    let mut attempts = Vec::new();
    let mut ends = Statement::new(include_str!("sql/ends_get.sql"));
    for row in ends.bind(row.integer("place")?).rows(&mut *snapshot).await? {
        attempts.push(end(&row)?);
    }
    Ok(Some(task(&row, attempts)?))
}

/// Several tasks, whole: the first ones, at least one, that have no more than `most_bytes` together.
pub(super) async fn tasks(db: &mut SqliteConnection, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
    let mut snapshot = db.begin().await?;
    let mut places = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(MAX_BATCH) {
        let mut statement = SIZES.of(ids.len());
        for id in ids {
            statement.bind(&id.to_bytes()[..]);
        }
        for row in statement.rows(&mut *snapshot).await? {
            places.insert(row.id()?, (row.integer("place")?, row.integer("bytes")?.unsigned_abs()));
        }
    }
    let mut bytes: u64 = 0;
    let fits = |id: &TaskId| {
        bytes = bytes.saturating_add(places.get(id).map_or(0, |(_, bytes)| *bytes));
        usize::try_from(bytes).is_ok_and(|bytes| bytes <= most_bytes)
    };
    let first = ids.iter().map(fits).take_while(|fits| *fits).count().max(1).min(ids.len());
    let ids = &ids[..first];
    let wanted: Vec<i64> = ids.iter().filter_map(|id| places.get(id)).map(|(place, _)| *place).collect();
    let tasks = whole(&mut snapshot, &wanted).await?;
    // An id may be there more than once.
    Ok(ids.iter().map(|id| tasks.get(id).cloned()).collect())
}

async fn whole(db: &mut SqliteConnection, places: &[i64]) -> Result<HashMap<TaskId, Task>> {
    let mut tasks = HashMap::with_capacity(places.len());
    for places in places.chunks(MAX_BATCH) {
        let (mut find, mut find_ends) = (TASKS.of(places.len()), ENDS.of(places.len()));
        for place in places {
            find.bind(*place);
            find_ends.bind(*place);
        }
        let mut ends: HashMap<i64, Vec<AttemptEnd>> = HashMap::new();
        for row in find_ends.rows(db).await? {
            ends.entry(row.integer("place")?).or_default().push(end(&row)?);
        }
        for row in find.rows(db).await? {
            let attempts = ends.remove(&row.integer("place")?).unwrap_or_default();
            tasks.insert(row.id()?, task(&row, attempts)?);
        }
    }
    Ok(tasks)
}

fn task(row: &Row, attempts: Vec<AttemptEnd>) -> Result<Task> {
    Ok(Task {
        id: row.id()?,
        task_type: row.task_type()?,
        queue: row.text("queue")?,
        status: row.status("status")?,
        priority: row.priority()?,
        parameters: row.blob("parameters")?,
        metadata: row.maybe_blob("metadata")?,
        trace_id: row.maybe_text("trace_id")?,
        result: row.maybe_blob("result")?,
        attempt: row.count("attempt")?,
        failures: row.count("failures")?,
        lost: row.count("lost")?,
        attempts,
        policy: row.maybe_text("policy_body")?.map(|body| serde_json::from_str(&body)).transpose()?,
        progress: row.maybe_text("progress")?.map(|text| serde_json::from_str(&text)).transpose()?,
        submitted_at: row.time("submitted_at")?,
        run_at: row.maybe_time("run_at")?,
        expires_at: row.maybe_time("expires_at")?,
        started_at: row.maybe_time("started_at")?,
        heartbeat_at: row.maybe_time("heartbeat_at")?,
        waiting_since: row.maybe_time("waiting_since")?,
        ended_at: row.maybe_time("ended_at")?,
        cancel_requested_at: row.maybe_time("cancel_requested_at")?,
        worker: row.maybe_integer("worker")?.map(|worker| WorkerId::from_bytes(eight_bytes(worker))),
    })
}

fn end(row: &Row) -> Result<AttemptEnd> {
    Ok(AttemptEnd {
        attempt: row.count("attempt")?,
        retry_attempt: row.count("retry_attempt")?,
        worker: WorkerId::from_bytes(eight_bytes(row.integer("worker")?)),
        started_at: row.time("started_at")?,
        ended_at: row.time("ended_at")?,
        detail: serde_json::from_str(&row.text("detail")?)?,
    })
}
