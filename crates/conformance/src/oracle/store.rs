use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use jobbers_core::model::{NewTask, ProcessInfo, Registration, Task, TaskId, TaskType, Timestamp, WorkerId};
use jobbers_core::store::{
    AgainOutcome, CancelOutcome, Claim, DiscardOutcome, Expired, ForgetOutcome, MoveOutcome, Moved, Moves, Overdue,
    OverdueTask, Promote, Promoted, RenewReply, Renewal, Resubmit, Result, RoutingChanges, Signals, SubmitOutcome,
    TaskStore, Turn, TurnReply, Verdict, WorkerSignal,
};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::Model;

/// The model as a store: in memory, for one process.
#[derive(Debug, Clone, Default)]
pub struct OracleStore {
    clock: Arc<AtomicU64>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) model: Model,
    served: HashMap<(String, TaskType), u64>,
    pub(super) installation: Option<String>,
    pub(super) processes: HashMap<WorkerId, (ProcessInfo, Timestamp, Timestamp)>,
    pub(super) catalogue: HashMap<TaskType, Registration>,
    /// Workers that were asked to drain.
    pub(super) draining: HashSet<WorkerId>,
    /// In the order in which they were parked, each with what it could take.
    parked: Vec<(WorkerId, Claim)>,
    workers: Vec<(WorkerId, mpsc::Sender<WorkerSignal>)>,
    watchers: Vec<mpsc::Sender<Moved>>,
    /// Who wants to know when queues or roles have changed.
    routers: Vec<mpsc::Sender<()>>,
}

const SIGNALS: usize = 1024;

impl OracleStore {
    pub fn new(clock: Arc<AtomicU64>) -> Self {
        Self { clock, state: Arc::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().expect("no step panics");
        state.model.now = Timestamp::from_millis(self.clock.load(Ordering::SeqCst));
        state
    }
}

impl State {
    /// Tells those who listen what a step has changed, and wakes a parked worker for each task that can start because
    /// of it.
    pub(super) fn publish(&mut self) {
        let changes = std::mem::take(&mut self.model.changes);
        for (id, status) in &changes {
            self.watchers.retain(|watcher| watcher.try_send(Moved::Task(*id, *status)).is_ok());
        }
        let mut promised = Vec::new();
        for reason in self.model.reasons(&changes) {
            let wanted = |(_, claim): &(WorkerId, Claim)| self.model.wanted(claim, &reason, &promised);
            let found = self.parked.iter().enumerate().find_map(|(index, parked)| Some((index, wanted(parked)?)));
            if let Some((index, id)) = found {
                promised.push(id);
                let (worker, _) = self.parked.remove(index);
                self.signal(worker, WorkerSignal::Claim);
            }
        }
    }

    pub(super) fn signal(&mut self, worker: WorkerId, signal: WorkerSignal) {
        self.workers.retain(|(id, sender)| *id != worker || sender.try_send(signal).is_ok());
    }
}

#[async_trait]
impl TaskStore for OracleStore {
    async fn submit(&self, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        let mut state = self.state();
        let outcomes = state.model.submit(tasks);
        state.publish();
        Ok(outcomes)
    }

    async fn turn(&self, turn: &Turn) -> Result<TurnReply> {
        let mut guard = self.state();
        let state = &mut *guard;
        state.parked.retain(|(worker, _)| *worker != turn.worker);
        let reply = state.model.turn(turn, &mut state.served);
        state.publish();
        if let (Some(claim), true) = (&turn.claim, reply.parked) {
            state.parked.push((turn.worker, claim.clone()));
        }
        Ok(reply)
    }

    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply> {
        let mut state = self.state();
        let tasks = state.model.renew(renewal);
        Ok(RenewReply { now: state.model.now, tasks })
    }

    async fn cancel_all(&self, ids: &[TaskId]) -> Result<Vec<CancelOutcome>> {
        let mut state = self.state();
        let outcomes = state.model.cancel_all(ids);
        for (id, outcome) in ids.iter().zip(&outcomes) {
            if let (CancelOutcome::Requested { .. }, Some(worker)) =
                (outcome, state.model.get(*id).and_then(|task| task.worker))
            {
                state.signal(worker, WorkerSignal::Renew);
            }
        }
        state.publish();
        Ok(outcomes)
    }

    async fn resubmit(&self, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>> {
        let mut state = self.state();
        let outcomes = state.model.resubmit(resubmit);
        state.publish();
        Ok(outcomes)
    }

    async fn hasten(&self, ids: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        let mut state = self.state();
        let outcomes = state.model.hasten(ids);
        state.publish();
        Ok(outcomes)
    }

    async fn forget(&self, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        let mut state = self.state();
        let outcomes = state.model.forget(ids);
        state.publish();
        Ok(outcomes)
    }

    async fn discard(&self, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
        Ok(self.state().model.discard(ids))
    }

    async fn expire(&self, limit: usize) -> Result<Expired> {
        let mut state = self.state();
        let expired = state.model.expire(limit);
        state.publish();
        Ok(expired)
    }

    async fn promote(&self, promote: &Promote) -> Result<Promoted> {
        let mut state = self.state();
        let promoted = state.model.promote(promote);
        state.publish();
        Ok(promoted)
    }

    async fn overdue(&self, limit: usize) -> Result<Overdue> {
        let state = self.state();
        let tasks = state.model.overdue().into_iter().take(limit).map(|id| state.model.overdue_task(id)).collect();
        Ok(Overdue { now: state.model.now, tasks, waiting_until: None })
    }

    async fn reap(&self, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        let mut state = self.state();
        let holders: Vec<_> =
            verdicts.iter().map(|verdict| state.model.get(verdict.id).and_then(|task| task.worker)).collect();
        let outcomes = state.model.reap(verdicts);
        for (holder, outcome) in holders.into_iter().zip(&outcomes) {
            if let (Some(worker), MoveOutcome::Applied { .. }) = (holder, outcome) {
                state.signal(worker, WorkerSignal::Renew);
            }
        }
        state.publish();
        Ok(outcomes)
    }

    async fn get(&self, id: TaskId) -> Result<Option<Task>> {
        Ok(self.state().model.get(id).cloned())
    }

    async fn now(&self) -> Result<Timestamp> {
        Ok(self.state().model.now)
    }
}

impl Model {
    pub(crate) fn overdue_task(&self, id: TaskId) -> OverdueTask {
        let record = &self.records[&id];
        let task = &record.task;
        OverdueTask {
            id,
            task_type: task.task_type.clone(),
            queue: task.queue.clone(),
            token: record.token.expect("a started task has a token"),
            worker: task.worker.expect("a started task has a worker"),
            attempt: task.attempt,
            lost: task.lost,
            started_at: task.started_at.expect("a started task has a start"),
            deadline: record.deadline,
            counts_as_lost: true,
            progress: task.progress.clone(),
            policy: task.policy.clone().unwrap_or_default(),
        }
    }
}

#[async_trait]
impl Signals for OracleStore {
    async fn worker_signals(&self, worker: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>> {
        let (sender, receiver) = mpsc::channel(SIGNALS);
        for signal in [WorkerSignal::Claim, WorkerSignal::Renew] {
            let _ = sender.try_send(signal);
        }
        self.state().workers.push((worker, sender));
        Ok(receiver)
    }

    async fn moves(&self) -> Result<Moves> {
        let (sender, receiver) = mpsc::channel(SIGNALS);
        self.state().watchers.push(sender);
        Ok(receiver)
    }

    async fn tell_routing_changed(&self) -> Result<()> {
        // Whoever has not taken the last message yet looks after this one, too.
        self.state().routers.retain(|router| !matches!(router.try_send(()), Err(TrySendError::Closed(()))));
        Ok(())
    }

    async fn routing_changes(&self) -> Result<RoutingChanges> {
        let (sender, receiver) = mpsc::channel(1);
        let _ = sender.try_send(());
        self.state().routers.push(sender);
        Ok(receiver)
    }
}
