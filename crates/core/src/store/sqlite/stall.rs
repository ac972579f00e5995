use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection};

use super::batch::Batch;
use super::database::Database;
use super::job::{Step, Tx};
use super::moving::{self, By, Leaving};
use super::reap::waiting_until;
use super::row::{Columns as _, eight_bytes, millis};
use super::sweep::{self, Until, Way};
use super::trouble::Result;
use crate::lifecycle::after_silence;
use crate::model::{Timestamp, Token, WorkerId};
use crate::store::{Cursor, NO_HEARTBEAT_IN_INTERVAL, NO_HEARTBEAT_IN_STALE_TIME, SilentTask, Stall, Stalled};

static SILENT: Batch = Batch::new(include_str!("sql/tasks_silent.sql"), 1);

/// Silent tasks that are to be stalled.
pub(super) struct StallSilent(pub(super) Stall);

#[async_trait]
impl Step for StallSilent {
    type Answer = Stalled;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Stalled> {
        let (silent, next) = find(tx.db, tx.now, &self.0).await?;
        let (in_interval, in_stale_time) =
            (after_silence(NO_HEARTBEAT_IN_INTERVAL), after_silence(NO_HEARTBEAT_IN_STALE_TIME));
        let leaving: Vec<Leaving<'_>> = silent
            .iter()
            .map(|silent| {
                let transition = if silent.has_interval { &in_interval } else { &in_stale_time };
                Leaving { id: silent.task.id, token: silent.token, lease_until: None, transition }
            })
            .collect();
        moving::apply(tx, By::Stall, &leaving).await?;
        Ok(answer(tx.now, silent, next))
    }
}

/// What would be stalled.
pub(super) async fn rehearse(db: &mut SqliteConnection, now: Timestamp, stall: &Stall) -> Result<Stalled> {
    let mut snapshot = db.begin().await?;
    let (silent, next) = find(&mut *snapshot, now, stall).await?;
    Ok(answer(now, silent, next))
}

fn answer(now: Timestamp, silent: Vec<Silent>, next: Option<Cursor>) -> Stalled {
    Stalled { now, tasks: silent.into_iter().map(|silent| silent.task).collect(), next }
}

struct Silent {
    task: SilentTask,
    token: Token,
    /// Of its own, by which it is judged.
    has_interval: bool,
}

async fn find(db: &mut dyn Database, now: Timestamp, stall: &Stall) -> Result<(Vec<Silent>, Option<Cursor>)> {
    // Heartbeats that nobody could tell will come with the next renewals.
    if waiting_until(db).await?.is_some_and(|until| until > now) {
        return Ok((Vec::new(), None));
    }
    let mut ways = vec![(Way::SILENT, Until::now(now))];
    ways.extend(stall.stale.map(|stale| (Way::BEATS, Until::longer_ago(now, stale))));
    let piece = sweep::piece(db, &ways, &stall.sweep).await?;
    if piece.found.is_empty() {
        return Ok((Vec::new(), piece.next));
    }
    let mut statement = SILENT.of(piece.found.len());
    statement.bind(millis(now));
    for found in &piece.found {
        statement.bind(found.place);
    }
    let mut silent = HashMap::with_capacity(piece.found.len());
    for row in statement.rows(db).await? {
        let task = SilentTask {
            id: row.id()?,
            task_type: row.task_type()?,
            queue: row.text("queue")?,
            attempt: row.count("attempt")?,
            worker: WorkerId::from_bytes(eight_bytes(row.integer("worker")?)),
        };
        let token = Token::from_bytes(eight_bytes(row.integer("token")?));
        let has_interval = row.maybe_integer("silent_at")?.is_some();
        silent.insert(row.integer("place")?, Silent { task, token, has_interval });
    }
    let silent = piece.found.iter().filter_map(|found| silent.remove(&found.place)).collect();
    Ok((silent, piece.next))
}
