//! The store on Redis 6.2 or newer, or Valkey: the only module that knows Redis.
//!
//! `keys` names every key, `record` lays out a task's record, `lua/` holds one script a step, and the Rust file of a
//! step packs its arguments and reads its answer.

mod cancel;
mod codec;
mod config;
mod connection;
mod directory;
mod get;
mod keys;
mod lists;
mod moves;
mod promote;
mod reap;
mod record;
mod renew;
mod reply;
mod scripts;
mod signals;
mod submit;
mod turn;

use async_trait::async_trait;

pub use config::RedisConfig;
pub use connection::RedisStore;

use super::{
    AgainOutcome, CancelOutcome, Expired, ForgetOutcome, MoveOutcome, Overdue, Promote, Promoted, RenewReply, Renewal,
    Resubmit, Result, StoreError, SubmitOutcome, TaskStore, Turn, TurnReply, Verdict,
};
use crate::model::{NewTask, Task, TaskId, Timestamp};

#[async_trait]
impl TaskStore for RedisStore {
    async fn submit(&self, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        submit::submit(self, tasks).await
    }

    async fn turn(&self, turn: &Turn) -> Result<TurnReply> {
        turn::turn(self, turn).await
    }

    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply> {
        renew::renew(self, renewal).await
    }

    async fn cancel_all(&self, ids: &[TaskId]) -> Result<Vec<CancelOutcome>> {
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            outcomes.push(cancel::cancel(self, *id).await?);
        }
        Ok(outcomes)
    }

    async fn resubmit(&self, _resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
        Err(StoreError::Broken { operation: "resubmit", detail: "is not laid out yet".into() })
    }

    async fn hasten(&self, _ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        Err(StoreError::Broken { operation: "hasten", detail: "is not laid out yet".into() })
    }

    async fn forget(&self, _ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        Err(StoreError::Broken { operation: "forget", detail: "is not laid out yet".into() })
    }

    async fn expire(&self, _limit: usize) -> Result<Expired> {
        Err(StoreError::Broken { operation: "expire", detail: "is not laid out yet".into() })
    }

    async fn promote(&self, promote: &Promote) -> Result<Promoted> {
        promote::promote(self, promote).await
    }

    async fn overdue(&self, limit: usize) -> Result<Overdue> {
        reap::overdue(self, limit).await
    }

    async fn reap(&self, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        reap::reap(self, verdicts).await
    }

    async fn get(&self, id: TaskId) -> Result<Option<Task>> {
        get::get(self, id).await
    }

    async fn now(&self) -> Result<Timestamp> {
        get::now(self).await
    }
}
