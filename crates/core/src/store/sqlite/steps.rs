//! The seam's steps on the embedded store.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::cancel::Cancel;
use super::directory::{self, Announce, Belong, Drain, Register, Retire};
use super::discard::Discard;
use super::forget::Forget;
use super::get::get;
use super::layout::meta;
use super::neighbours::changes_of_routing;
use super::promote::PromoteDue;
use super::reap::{Reap, overdue};
use super::renew::Renew;
use super::resubmit::{Hasten, RunAgain};
use super::routing::TellRoutingChanged;
use super::submit::Submit;
use super::trouble::Trouble;
use super::turn::TakeTurn;
use super::unstarted::Expire;
use super::{SqliteStore, StoreError};
use crate::model::{NewTask, ProcessInfo, Registration, Task, TaskId, Timestamp, WorkerId};
use crate::store::{
    AgainOutcome, Announced, CancelOutcome, Directory, DiscardOutcome, Expired, ForgetOutcome, Live, MAX_BATCH,
    MoveOutcome, Moves, Overdue, Promote, Promoted, RenewReply, Renewal, Resubmit, Result, RoutingChanges,
    SchemaConflict, Signals, SubmitOutcome, TaskStore, Turn, TurnReply, Verdict, WorkerSignal,
};

/// Refuses more items than a step takes.
pub(super) fn check(operation: &'static str, what: &str, items: usize, most: usize) -> Result<()> {
    if items <= most {
        return Ok(());
    }
    Err(StoreError::Broken { operation, detail: format!("{items} {what} in one step; at most {most} are allowed") })
}

#[async_trait]
impl TaskStore for SqliteStore {
    async fn submit(&self, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        check("submit", "tasks", tasks.len(), MAX_BATCH)?;
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        self.step("submit", Submit(tasks.to_vec())).await
    }

    async fn turn(&self, turn: &Turn) -> Result<TurnReply> {
        check("turn", "finishes", turn.finishes.len(), MAX_BATCH)?;
        check("turn", "stopped attempts", turn.stopped.len(), MAX_BATCH)?;
        check("turn", "claimed tasks", turn.claim.as_ref().map_or(0, |claim| claim.tasks as usize), MAX_BATCH)?;
        self.step("turn", TakeTurn(turn.clone())).await
    }

    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply> {
        check("renew", "leases", renewal.tasks.len(), MAX_BATCH)?;
        self.step("renew", Renew(renewal.clone())).await
    }

    async fn cancel_all(&self, ids: &[TaskId]) -> Result<Vec<CancelOutcome>> {
        check("cancel", "ids", ids.len(), MAX_BATCH)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.step("cancel", Cancel(ids.to_vec())).await
    }

    async fn resubmit(&self, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
        check("resubmit", "ids", resubmit.ids.len(), MAX_BATCH)?;
        if resubmit.ids.is_empty() {
            return Ok(Vec::new());
        }
        self.step("resubmit", RunAgain(resubmit.clone())).await
    }

    async fn hasten(&self, ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        check("hasten", "ids", ids.len(), MAX_BATCH)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.step("hasten", Hasten(ids.to_vec())).await
    }

    async fn forget(&self, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        check("forget", "ids", ids.len(), MAX_BATCH)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.step("forget", Forget(ids.to_vec())).await
    }

    async fn discard(&self, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
        check("discard", "ids", ids.len(), MAX_BATCH)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.step("discard", Discard(ids.to_vec())).await
    }

    async fn expire(&self, limit: usize) -> Result<Expired> {
        self.step("expire", Expire { limit }).await
    }

    async fn promote(&self, promote: &Promote) -> Result<Promoted> {
        self.step("promote", PromoteDue(promote.clone())).await
    }

    async fn overdue(&self, limit: usize) -> Result<Overdue> {
        self.excuse_suspension("overdue").await?;
        let mut db = self.reader("overdue").await?;
        overdue(&mut db, self.inner.clock.now(), limit).await.map_err(self.error("overdue"))
    }

    async fn reap(&self, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        check("reap", "verdicts", verdicts.len(), MAX_BATCH)?;
        if verdicts.is_empty() {
            return Ok(Vec::new());
        }
        self.step("reap", Reap(verdicts.to_vec())).await
    }

    async fn get(&self, id: TaskId) -> Result<Option<Task>> {
        let mut db = self.reader("get").await?;
        get(&mut db, id).await.map_err(self.error("get"))
    }

    async fn now(&self) -> Result<Timestamp> {
        let error = self.error("now");
        let mut db = self.reader("now").await?;
        match meta(&mut *db, "layout").await.map_err(&error)? {
            Some(_) => Ok(self.inner.clock.now()),
            None => Err(error(Trouble::Broken("it is not a store of tasks any more".into()))),
        }
    }
}

#[async_trait]
impl Directory for SqliteStore {
    async fn belong(&self, installation: &str) -> Result<String> {
        let path = self.inner.path.clone();
        self.step("belong", Belong { path, installation: installation.to_owned() }).await
    }

    async fn announce(&self, process: &ProcessInfo, ttl: Duration) -> Result<Announced> {
        self.step("announce", Announce { process: process.clone(), ttl }).await
    }

    async fn drain(&self, id: WorkerId) -> Result<bool> {
        self.step("drain", Drain(id)).await
    }

    async fn retire(&self, id: WorkerId) -> Result<()> {
        self.step("retire", Retire(id)).await
    }

    async fn live(&self) -> Result<Vec<Live>> {
        let mut db = self.reader("live").await?;
        directory::live(&mut db, self.inner.clock.now()).await.map_err(self.error("live"))
    }

    async fn register(&self, types: &[Registration]) -> Result<Vec<SchemaConflict>> {
        if types.is_empty() {
            return Ok(Vec::new());
        }
        self.step("register", Register(types.to_vec())).await
    }

    async fn catalogue(&self) -> Result<Vec<Registration>> {
        let mut db = self.reader("catalogue").await?;
        directory::catalogue(&mut db).await.map_err(self.error("catalogue"))
    }
}

#[async_trait]
impl Signals for SqliteStore {
    async fn worker_signals(&self, worker: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>> {
        Ok(self.inner.hub.listen(worker))
    }

    async fn moves(&self) -> Result<Moves> {
        Ok(self.inner.hub.moves())
    }

    async fn tell_routing_changed(&self) -> Result<()> {
        self.step("tell_routing_changed", TellRoutingChanged).await
    }

    /// Changes by other processes show within the poll of the writer.
    async fn routing_changes(&self) -> Result<RoutingChanges> {
        let mut db = self.reader("routing_changes").await?;
        let told = changes_of_routing(&mut *db).await.map_err(self.error("routing_changes"))?;
        Ok(self.inner.hub.routing(told))
    }
}
