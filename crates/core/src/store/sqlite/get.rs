use sqlx::{Connection as _, SqliteConnection};

use super::batch::Statement;
use super::row::{Columns as _, eight_bytes};
use super::trouble::{Result, Trouble};
use crate::model::{AttemptEnd, Task, TaskId, WorkerId};

/// One task, whole.
pub(super) async fn get(db: &mut SqliteConnection, id: TaskId) -> Result<Option<Task>> {
    let mut snapshot = db.begin().await?;
    let mut find = Statement::new(include_str!("sql/task_get.sql"));
    let Some(row) = find.bind(&id.to_bytes()[..]).row(&mut snapshot).await? else {
        return Ok(None);
    };
    let attempts = ends(&mut snapshot, row.integer("place")?).await?;
    let priority = row.count("priority")?;
    let worker = row.maybe_integer("worker")?.map(|worker| WorkerId::from_bytes(eight_bytes(worker)));
    Ok(Some(Task {
        id,
        task_type: row.task_type()?,
        queue: row.text("queue")?,
        status: row.status("status")?,
        priority: u8::try_from(priority).map_err(|_| Trouble::Broken(format!("priority {priority} of a lane")))?,
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
        expires_at: None,
        started_at: row.maybe_time("started_at")?,
        heartbeat_at: row.maybe_time("heartbeat_at")?,
        ended_at: row.maybe_time("ended_at")?,
        cancel_requested_at: row.maybe_time("cancel_requested_at")?,
        worker,
    }))
}

async fn ends(db: &mut SqliteConnection, place: i64) -> Result<Vec<AttemptEnd>> {
    let mut ends = Vec::new();
    for row in Statement::new(include_str!("sql/ends_get.sql")).bind(place).rows(db).await? {
        ends.push(AttemptEnd {
            attempt: row.count("attempt")?,
            retry_attempt: row.count("retry_attempt")?,
            worker: WorkerId::from_bytes(eight_bytes(row.integer("worker")?)),
            started_at: row.time("started_at")?,
            ended_at: row.time("ended_at")?,
            detail: serde_json::from_str(&row.text("detail")?)?,
        });
    }
    Ok(ends)
}
