//! A store that fails when it is told to, to see what becomes of who uses it.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jobbers_core::model::{
    ErrorGroup, NewTask, ProcessInfo, RateLimit, Registration, Task, TaskId, Timestamp, WorkerId,
};
use jobbers_core::store::sqlite::SqliteStore;
use jobbers_core::store::{
    AgainOutcome, Announced, CancelOutcome, Directory, DiscardOutcome, DropWaiting, Errors, Expired, ForgetOutcome,
    List, Listed, Lists, Live, MinuteTally, MoveOutcome, Moves, Overdue, Promote, Promoted, Prune, Purge, QueueCounts,
    RenewReply, Renewal, Resubmit, Result, RoutingChanges, SchemaConflict, Signals, Stall, Stalled, Standing,
    Statistics, StoreError, SubmitOutcome, Swept, TaskStore, Trim, Trimmed, Turn, TurnReply, Upkeep, Verdict,
    WaitingType, WorkerSignal,
};
use tokio::sync::mpsc;

/// An embedded store whose steps of upkeep (those of schedulers and cleaners) fail as often as they are told to.
#[derive(Debug)]
pub struct Flaky {
    store: SqliteStore,
    spared: AtomicUsize,
    failures: AtomicUsize,
    /// Steps of upkeep.
    pub calls: AtomicUsize,
    /// Whether a batch of more than one verdict is refused.
    pub chokes: AtomicBool,
    looks: AtomicUsize,
}

impl Flaky {
    pub fn new(store: SqliteStore) -> Self {
        Self { store, spared: 0.into(), failures: 0.into(), calls: 0.into(), chokes: false.into(), looks: 0.into() }
    }

    /// Lets the next steps fail.
    pub fn fail(&self, steps: usize) {
        self.fail_after(0, steps);
    }

    /// Lets the next steps but for the first few fail.
    pub fn fail_after(&self, spared: usize, steps: usize) {
        self.spared.store(spared, Ordering::SeqCst);
        self.failures.store(steps, Ordering::SeqCst);
    }

    /// How often it was answered what waits.
    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }

    pub fn fails(&self) -> bool {
        self.failures.load(Ordering::SeqCst) > 0
    }

    fn step(&self, operation: &'static str) -> Result<()> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let count_down = |counter: &AtomicUsize| {
            counter.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
        };
        if count_down(&self.spared).is_ok() || count_down(&self.failures).is_err() {
            return Ok(());
        }
        Err(StoreError::Unavailable { operation, detail: "told to fail".to_owned() })
    }
}

#[async_trait]
impl TaskStore for Flaky {
    async fn submit(&self, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        self.store.submit(tasks).await
    }

    async fn turn(&self, turn: &Turn) -> Result<TurnReply> {
        self.store.turn(turn).await
    }

    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply> {
        self.store.renew(renewal).await
    }

    async fn cancel_all(&self, ids: &[TaskId]) -> Result<Vec<CancelOutcome>> {
        self.store.cancel_all(ids).await
    }

    async fn resubmit(&self, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
        self.store.resubmit(resubmit).await
    }

    async fn hasten(&self, ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        self.store.hasten(ids).await
    }

    async fn forget(&self, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        self.store.forget(ids).await
    }

    async fn discard(&self, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
        self.store.discard(ids).await
    }

    async fn expire(&self, limit: usize) -> Result<Expired> {
        self.step("expire")?;
        self.store.expire(limit).await
    }

    async fn promote(&self, promote: &Promote) -> Result<Promoted> {
        self.step("promote")?;
        self.store.promote(promote).await
    }

    async fn overdue(&self, limit: usize) -> Result<Overdue> {
        self.step("overdue")?;
        self.store.overdue(limit).await
    }

    async fn reap(&self, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        self.step("reap")?;
        if self.chokes.load(Ordering::SeqCst) && verdicts.len() > 1 {
            return Err(StoreError::Broken { operation: "reap", detail: "one of them is broken".to_owned() });
        }
        self.store.reap(verdicts).await
    }

    async fn get(&self, id: TaskId) -> Result<Option<Task>> {
        self.store.get(id).await
    }

    async fn now(&self) -> Result<Timestamp> {
        self.store.now().await
    }
}

#[async_trait]
impl Directory for Flaky {
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
impl Lists for Flaky {
    async fn list(&self, list: &List) -> Result<Listed> {
        self.store.list(list).await
    }

    async fn tasks(&self, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
        self.store.tasks(ids, most_bytes).await
    }
}

#[async_trait]
impl Statistics for Flaky {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        self.store.counts().await
    }

    async fn tallies(&self, minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        self.store.tallies(minutes).await
    }

    async fn waiting(&self) -> Result<Vec<WaitingType>> {
        self.step("waiting")?;
        let waiting = self.store.waiting().await?;
        self.looks.fetch_add(1, Ordering::SeqCst);
        Ok(waiting)
    }

    async fn errors(&self, errors: &Errors) -> Result<Vec<ErrorGroup>> {
        self.store.errors(errors).await
    }

    async fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>> {
        self.store.standing(id, rate).await
    }
}

#[async_trait]
impl Signals for Flaky {
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
impl Upkeep for Flaky {
    async fn stall(&self, stall: &Stall) -> Result<Stalled> {
        self.step("stall")?;
        self.store.stall(stall).await
    }

    async fn drop_waiting(&self, drop: &DropWaiting) -> Result<Swept> {
        self.step("drop")?;
        self.store.drop_waiting(drop).await
    }

    async fn prune(&self, prune: &Prune) -> Result<Swept> {
        self.step("prune")?;
        self.store.prune(prune).await
    }

    async fn trim(&self, trim: &Trim) -> Result<Trimmed> {
        self.step("trim")?;
        self.store.trim(trim).await
    }

    async fn purge(&self, purge: &Purge) -> Result<Swept> {
        self.step("purge")?;
        self.store.purge(purge).await
    }
}
