use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jobbers_core::model::{
    ErrorGroup, NewTask, ProcessInfo, RateLimit, Registration, Task, TaskId, Timestamp, WorkerId,
};
use jobbers_core::store::{
    AgainOutcome, Announced, CancelOutcome, Directory, DiscardOutcome, DropWaiting, Errors, Expired, ForgetOutcome,
    List, Listed, Lists, Live, MinuteTally, MoveOutcome, Moves, Overdue, Promote, Promoted, Prune, Purge, QueueCounts,
    RenewReply, Renewal, Resubmit, Result, RoutingChanges, SchemaConflict, SharedStore, Signals, Stall, Stalled,
    Standing, Statistics, StoreError, SubmitOutcome, Swept, TaskStore, Trim, Trimmed, Turn, TurnReply, Upkeep, Verdict,
    WaitingType, WorkerSignal,
};
use tokio::sync::mpsc;

/// A store in which something happens at a moment that a test names.
#[derive(Debug)]
pub struct Staged {
    store: SharedStore,
    /// Tasks that somebody else cancels right after the next list was read.
    cancelled_after_list: Mutex<Vec<TaskId>>,
    /// Dead letters that somebody else takes out then.
    discarded_after_list: Mutex<Vec<TaskId>>,
    /// A worker that ends its task, and itself, right after the next task was looked at.
    worker_ends_after_get: Mutex<Option<Turn>>,
    /// So many steps of the kinds that tests are about are answered before the store goes away.
    steps_left: AtomicUsize,
}

impl Staged {
    pub fn new(store: SharedStore) -> Self {
        let (cancelled_after_list, discarded_after_list, worker_ends_after_get) = Default::default();
        let steps_left = AtomicUsize::new(usize::MAX);
        Self { store, cancelled_after_list, discarded_after_list, worker_ends_after_get, steps_left }
    }

    pub fn cancel_after_list(&self, ids: Vec<TaskId>) {
        *self.cancelled_after_list.lock().unwrap_or_else(PoisonError::into_inner) = ids;
    }

    pub fn discard_after_list(&self, ids: Vec<TaskId>) {
        *self.discarded_after_list.lock().unwrap_or_else(PoisonError::into_inner) = ids;
    }

    /// With its last turn.
    pub fn end_worker_after_get(&self, last: Turn) {
        *self.worker_ends_after_get.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }

    /// Lets only so many further submit, cancel, resubmit and discard steps be answered.
    pub fn answer(&self, steps: usize) {
        self.steps_left.store(steps, Ordering::SeqCst);
    }

    fn step(&self, operation: &'static str) -> Result<()> {
        let left = self.steps_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| StoreError::Unavailable { operation, detail: "it went away".to_owned() })
    }
}

#[async_trait]
impl TaskStore for Staged {
    async fn submit(&self, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        self.step("submit")?;
        self.store.submit(tasks).await
    }

    async fn cancel_all(&self, ids: &[TaskId]) -> Result<Vec<CancelOutcome>> {
        self.step("cancel")?;
        self.store.cancel_all(ids).await
    }

    async fn turn(&self, turn: &Turn) -> Result<TurnReply> {
        self.store.turn(turn).await
    }

    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply> {
        self.store.renew(renewal).await
    }

    async fn resubmit(&self, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
        self.step("resubmit")?;
        self.store.resubmit(resubmit).await
    }

    async fn hasten(&self, ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        self.store.hasten(ids).await
    }

    async fn forget(&self, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        self.store.forget(ids).await
    }

    async fn discard(&self, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
        self.step("discard")?;
        self.store.discard(ids).await
    }

    async fn expire(&self, limit: usize) -> Result<Expired> {
        self.store.expire(limit).await
    }

    async fn promote(&self, promote: &Promote) -> Result<Promoted> {
        self.store.promote(promote).await
    }

    async fn overdue(&self, limit: usize) -> Result<Overdue> {
        self.store.overdue(limit).await
    }

    async fn reap(&self, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        self.store.reap(verdicts).await
    }

    async fn get(&self, id: TaskId) -> Result<Option<Task>> {
        let task = self.store.get(id).await?;
        let last = self.worker_ends_after_get.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(last) = last {
            self.store.turn(&last).await?;
            self.store.retire(last.worker).await?;
        }
        Ok(task)
    }

    async fn now(&self) -> Result<Timestamp> {
        self.store.now().await
    }
}

#[async_trait]
impl Lists for Staged {
    async fn list(&self, list: &List) -> Result<Listed> {
        let listed = self.store.list(list).await?;
        let ids = std::mem::take(&mut *self.cancelled_after_list.lock().unwrap_or_else(PoisonError::into_inner));
        if !ids.is_empty() {
            self.store.cancel_all(&ids).await?;
        }
        let ids = std::mem::take(&mut *self.discarded_after_list.lock().unwrap_or_else(PoisonError::into_inner));
        if !ids.is_empty() {
            self.store.discard(&ids).await?;
        }
        Ok(listed)
    }

    async fn tasks(&self, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
        self.store.tasks(ids, most_bytes).await
    }
}

#[async_trait]
impl Statistics for Staged {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        self.store.counts().await
    }

    async fn tallies(&self, minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        self.store.tallies(minutes).await
    }

    async fn waiting(&self) -> Result<Vec<WaitingType>> {
        self.store.waiting().await
    }

    async fn errors(&self, errors: &Errors) -> Result<Vec<ErrorGroup>> {
        self.store.errors(errors).await
    }

    async fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>> {
        self.store.standing(id, rate).await
    }
}

#[async_trait]
impl Directory for Staged {
    async fn belong(&self, installation: &str) -> Result<String> {
        self.store.belong(installation).await
    }

    async fn announce(&self, process: &ProcessInfo, ttl: Duration) -> Result<Announced> {
        self.store.announce(process, ttl).await
    }

    async fn drain(&self, id: WorkerId) -> Result<bool> {
        self.store.drain(id).await
    }

    async fn retire(&self, id: WorkerId) -> Result<()> {
        self.store.retire(id).await
    }

    async fn live(&self) -> Result<Vec<Live>> {
        self.store.live().await
    }

    async fn register(&self, types: &[Registration]) -> Result<Vec<SchemaConflict>> {
        self.store.register(types).await
    }

    async fn catalogue(&self) -> Result<Vec<Registration>> {
        self.store.catalogue().await
    }
}

#[async_trait]
impl Signals for Staged {
    async fn worker_signals(&self, worker: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>> {
        self.store.worker_signals(worker).await
    }

    async fn moves(&self) -> Result<Moves> {
        self.store.moves().await
    }

    async fn tell_routing_changed(&self) -> Result<()> {
        self.store.tell_routing_changed().await
    }

    async fn routing_changes(&self) -> Result<RoutingChanges> {
        self.store.routing_changes().await
    }
}

#[async_trait]
impl Upkeep for Staged {
    async fn stall(&self, stall: &Stall) -> Result<Stalled> {
        self.store.stall(stall).await
    }

    async fn drop_waiting(&self, drop: &DropWaiting) -> Result<Swept> {
        self.store.drop_waiting(drop).await
    }

    async fn prune(&self, prune: &Prune) -> Result<Swept> {
        self.store.prune(prune).await
    }

    async fn trim(&self, trim: &Trim) -> Result<Trimmed> {
        self.store.trim(trim).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Swept> {
        self.store.purge(purge).await
    }
}
