//! The store on Redis 6.2 or newer, or Valkey: the only module that knows Redis.
//!
//! `keys` names every key, `record` lays out a task's record, `lua/` holds one script a step, and the Rust file of a
//! step packs its arguments and reads its answer.

mod cancel;
mod codec;
mod config;
mod connection;
mod directory;
mod discard;
mod errors;
mod expire;
mod forget;
mod get;
mod ids;
mod keys;
mod list;
mod moves;
mod promote;
mod reap;
mod record;
mod renew;
mod reply;
mod resubmit;
mod scripts;
mod signals;
mod standing;
mod statistics;
mod submit;
mod submit_plain;
mod turn;
mod upkeep;

use async_trait::async_trait;

pub use config::RedisConfig;
pub use connection::RedisStore;

use super::{
    AgainOutcome, CancelOutcome, DiscardOutcome, Expired, ForgetOutcome, MoveOutcome, Overdue, Promote, Promoted,
    RenewReply, Renewal, Resubmit, Result, SubmitOutcome, TaskStore, Turn, TurnReply, Verdict,
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
        cancel::cancel_all(self, ids).await
    }

    async fn resubmit(&self, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
        resubmit::resubmit(self, resubmit).await
    }

    async fn hasten(&self, ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        resubmit::hasten(self, ids).await
    }

    async fn forget(&self, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        forget::forget(self, ids).await
    }

    async fn discard(&self, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
        discard::discard(self, ids).await
    }

    async fn expire(&self, limit: usize) -> Result<Expired> {
        expire::expire(self, limit).await
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
