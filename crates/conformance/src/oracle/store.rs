use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jobbers_core::model::{NewTask, ProcessInfo, Registration, Status, Task, TaskId, TaskType, Timestamp, WorkerId};
use jobbers_core::store::{
    AgainOutcome, Announced, CancelOutcome, Claim, Directory, Expired, ForgetOutcome, Live, MoveOutcome, Moved, Moves,
    Overdue, OverdueTask, Promote, Promoted, RenewReply, Renewal, Resubmit, Result, SchemaConflict, Signals,
    StoreError, SubmitOutcome, TaskStore, Turn, TurnReply, Verdict, WorkerSignal,
};
use tokio::sync::mpsc;

use super::Model;

/// The model as a store: in memory, for one process.
#[derive(Debug, Clone, Default)]
pub struct OracleStore {
    clock: Arc<AtomicU64>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    model: Model,
    served: HashMap<(String, TaskType), u64>,
    installation: Option<String>,
    processes: HashMap<WorkerId, (ProcessInfo, Timestamp, Timestamp)>,
    catalogue: HashMap<TaskType, Registration>,
    /// In the order in which they were parked, each with what it could take.
    parked: Vec<(WorkerId, Claim)>,
    workers: Vec<(WorkerId, mpsc::Sender<WorkerSignal>)>,
    watchers: Vec<mpsc::Sender<Moved>>,
}

const SIGNALS: usize = 1024;

impl OracleStore {
    pub fn new(clock: Arc<AtomicU64>) -> Self {
        Self { clock, state: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().expect("no step panics");
        state.model.now = Timestamp::from_millis(self.clock.load(Ordering::SeqCst));
        state
    }
}

impl State {
    /// Tells those who listen what a step has changed.
    fn publish(&mut self) {
        for (id, status) in std::mem::take(&mut self.model.changes) {
            self.watchers.retain(|watcher| watcher.try_send(Moved::Task(id, status)).is_ok());
            if status == Status::Submitted {
                self.wake_one_for(id);
            }
        }
    }

    fn wake_one_for(&mut self, id: TaskId) {
        let Some(task) = self.model.get(id) else { return };
        let admits = |(_, claim): &(WorkerId, Claim)| {
            claim.queues.iter().any(|slots| slots.queue == task.queue && slots.free > 0)
                && claim.types.iter().any(|slots| slots.task_type == task.task_type && slots.free > 0)
        };
        if let Some(index) = self.parked.iter().position(admits) {
            let (worker, _) = self.parked.remove(index);
            self.signal(worker, WorkerSignal::Claim);
        }
    }

    fn signal(&mut self, worker: WorkerId, signal: WorkerSignal) {
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
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            let outcome = state.model.cancel(*id);
            if let (CancelOutcome::Requested { .. }, Some(worker)) =
                (outcome, state.model.get(*id).and_then(|task| task.worker))
            {
                state.signal(worker, WorkerSignal::Renew);
            }
            outcomes.push(outcome);
        }
        state.publish();
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
impl Directory for OracleStore {
    async fn belong(&self, installation: &str) -> Result<String> {
        Ok(self.state().installation.get_or_insert_with(|| installation.to_owned()).clone())
    }

    async fn announce(&self, process: &ProcessInfo, ttl: Duration) -> Result<Announced> {
        let mut state = self.state();
        let now = state.model.now;
        state.processes.insert(process.id, (process.clone(), now, now.after(ttl)));
        Ok(Announced::default())
    }

    async fn drain(&self, _id: WorkerId) -> Result<bool> {
        Err(StoreError::Broken { operation: "drain", detail: "is not laid out yet".into() })
    }

    async fn retire(&self, id: WorkerId) -> Result<()> {
        self.state().processes.remove(&id);
        Ok(())
    }

    async fn live(&self) -> Result<Vec<Live>> {
        let state = self.state();
        let live = state.processes.values().filter(|(_, _, until)| *until > state.model.now);
        Ok(live.map(|(process, last_seen, _)| Live { process: process.clone(), last_seen: *last_seen }).collect())
    }

    async fn register(&self, types: &[Registration]) -> Result<Vec<SchemaConflict>> {
        let mut state = self.state();
        let mut conflicts = Vec::new();
        for new in types {
            state.model.publish(&new.policy);
            let old = state.catalogue.insert(new.task_type.clone(), new.clone());
            if old.is_some_and(|old| old.parameters_schema != new.parameters_schema) {
                conflicts.push(SchemaConflict { task_type: new.task_type.clone() });
            }
        }
        Ok(conflicts)
    }

    async fn catalogue(&self) -> Result<Vec<Registration>> {
        let mut all: Vec<_> = self.state().catalogue.values().cloned().collect();
        all.sort_by(|a, b| a.task_type.cmp(&b.task_type));
        Ok(all)
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
}
