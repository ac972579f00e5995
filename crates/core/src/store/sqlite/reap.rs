use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection};

use super::batch::Statement;
use super::database::Database;
use super::job::{Step, Tx};
use super::layout::meta;
use super::moving::{self, By, Leaving};
use super::row::{Columns as _, eight_bytes, millis};
use super::trouble::{Result, Trouble};
use crate::model::{Policy, Timestamp, Token, WorkerId};
use crate::store::{MAX_BATCH, MoveOutcome, Overdue, OverdueTask, Verdict};

/// Decisions on overdue tasks.
pub(super) struct Reap(pub(super) Vec<Verdict>);

#[async_trait]
impl Step for Reap {
    type Answer = Vec<MoveOutcome>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let leaving: Vec<Leaving<'_>> = self
            .0
            .iter()
            .map(|verdict| Leaving {
                id: verdict.id,
                token: verdict.token,
                lease_until: Some(verdict.deadline),
                transition: &verdict.transition,
            })
            .collect();
        moving::apply(tx, By::Reap, &leaving).await
    }
}

/// Lists started tasks whose lease is over.
pub(super) async fn overdue(db: &mut SqliteConnection, now: Timestamp, limit: usize) -> Result<Overdue> {
    let mut snapshot = db.begin().await?;
    if let Some(waiting_until) = waiting_until(&mut *snapshot).await?.filter(|until| *until > now) {
        return Ok(Overdue { now, tasks: Vec::new(), waiting_until: Some(waiting_until) });
    }
    let limit = i64::try_from(limit.min(MAX_BATCH)).unwrap_or(i64::MAX);
    let mut statement = Statement::new(include_str!("sql/tasks_overdue.sql"));
    let mut tasks = Vec::new();
    for row in statement.bind(millis(now)).bind(limit).rows(&mut *snapshot).await? {
        let policy = match row.maybe_text("policy_body")? {
            Some(body) => serde_json::from_str(&body)?,
            None => Policy::default(),
        };
        let progress = row.maybe_text("progress")?.map(|text| serde_json::from_str(&text)).transpose()?;
        tasks.push(OverdueTask {
            id: row.id()?,
            task_type: row.task_type()?,
            queue: row.text("queue")?,
            token: Token::from_bytes(eight_bytes(row.integer("token")?)),
            worker: WorkerId::from_bytes(eight_bytes(row.integer("worker")?)),
            attempt: row.count("attempt")?,
            lost: row.count("lost")?,
            started_at: row.time("started_at")?,
            deadline: row.time("deadline")?,
            counts_as_lost: row.integer("excused")? == 0,
            progress,
            policy,
        });
    }
    Ok(Overdue { now, tasks, waiting_until: None })
}

/// Until when nothing is taken for over its lease, after the store was away.
pub(super) async fn waiting_until(db: &mut dyn Database) -> Result<Option<Timestamp>> {
    let Some(text) = meta(db, "waiting_until").await? else { return Ok(None) };
    let milliseconds = text.parse().map_err(|_| Trouble::Broken(format!("waiting_until is `{text}`")))?;
    Ok(Some(Timestamp::from_millis(milliseconds)))
}
