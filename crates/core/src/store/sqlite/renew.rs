use std::collections::HashMap;

use async_trait::async_trait;

use super::batch::Batch;
use super::job::{Step, Tx};
use super::row::{Columns as _, millis, number};
use super::stopping;
use super::trouble::Result;
use crate::model::{TaskId, Token};
use crate::store::{RenewReply, Renewal, Renewed};

static RENEW: Batch = Batch::new(include_str!("sql/tasks_renew.sql"), 5);

/// Extends leases and records heartbeats and progress.
pub(super) struct Renew(pub(super) Renewal);

#[async_trait]
impl Step for Renew {
    type Answer = RenewReply;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<RenewReply> {
        let Renewal { lease, tasks, .. } = &self.0;
        let mut kept: HashMap<(TaskId, i64), Renewed> = HashMap::with_capacity(tasks.len());
        if !tasks.is_empty() {
            let mut statement = RENEW.of(tasks.len());
            statement.bind(millis(tx.now.after(*lease))).bind(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
            for task in tasks {
                let beat = task.beat.as_ref();
                let progress = beat.and_then(|beat| beat.progress.as_ref()).map(serde_json::to_string).transpose()?;
                let interval = beat.and_then(|beat| beat.max_heartbeat_interval);
                statement.bind(&task.id.to_bytes()[..]).bind(number(task.token.to_bytes()));
                statement.bind(beat.map(|_| tx.millis())).bind(progress);
                statement.bind(interval.map(|interval| millis(tx.now.after(interval))));
            }
            for row in statement.rows(tx.db).await? {
                let cancel = row.maybe_integer("cancel_requested_at")?.is_some();
                let renewed = if cancel { Renewed::CancelRequested } else { Renewed::Kept };
                kept.insert((row.id()?, row.integer("token")?), renewed);
            }
        }
        // Taken away, but their code may still run.
        let is_kept = |id, token: Token| kept.contains_key(&(id, number(token.to_bytes())));
        let taken: Vec<(TaskId, Token)> =
            tasks.iter().map(|task| (task.id, task.token)).filter(|(id, token)| !is_kept(*id, *token)).collect();
        stopping::renew(tx, &taken, tx.now.after(*lease)).await?;
        let answer = |id, token| kept.get(&(id, token)).copied().unwrap_or(Renewed::Taken);
        let tasks = tasks.iter().map(|task| answer(task.id, number(task.token.to_bytes()))).collect();
        Ok(RenewReply { now: tx.now, tasks })
    }
}
