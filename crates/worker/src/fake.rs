//! A store for tests of the worker alone: it gives what it is told to give, fails when it is told to fail, and remembers
//! what it was sent.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jobbers_core::model::{
    ErrorGroup, NewTask, ProcessInfo, RateLimit, Registration, Task, TaskId, TaskType, Timestamp, Token, WorkerId,
};
use jobbers_core::store::{
    AgainOutcome, Announced, CancelOutcome, ClaimedTask, Directory, DiscardOutcome, DropWaiting, Errors, Expired,
    Finish, ForgetOutcome, List, Listed, Lists, Live, MinuteTally, MoveOutcome, Moves, Overdue, Promote, Promoted,
    Prune, Purge, QueueCounts, RenewReply, Renewal, Renewed, Resubmit, Result, RoutingChanges, SchemaConflict, Signals,
    Stall, Stalled, Standing, Statistics, StoreError, SubmitOutcome, Swept, TaskStore, Trim, Trimmed, Turn, TurnReply,
    Upkeep, Verdict, WaitingType, WorkerSignal,
};
use tokio::sync::mpsc;
use tokio::time::Instant;

#[derive(Debug, Default)]
pub(crate) struct FakeStore(Mutex<Inner>);

#[derive(Debug, Default)]
pub(crate) struct Inner {
    waiting: VecDeque<(TaskId, TaskType)>,
    /// Every turn that was sent, answered or not.
    pub(crate) turns: Vec<Turn>,
    /// When each was sent.
    pub(crate) turned_at: Vec<Instant>,
    /// A rate limit lets nothing start until then.
    pub(crate) held_until: Option<Instant>,
    /// Nobody is parked meanwhile.
    pub(crate) holds_unparked: bool,
    last: Option<(u64, TurnReply)>,
    pub(crate) finished: Vec<Finish>,
    /// Tasks that are claimed and not finished.
    pub(crate) started: usize,
    pub(crate) most_started: usize,
    pub(crate) claimed: usize,
    /// Calls that fail, all of them while it is above zero.
    pub(crate) failures: usize,
    /// Whether a turn that fails has happened all the same.
    pub(crate) happens_all_the_same: bool,
    pub(crate) renewals: Vec<(Instant, Renewal)>,
    pub(crate) taken: HashSet<Token>,
    pub(crate) cancelled: HashSet<Token>,
    /// What announcing answers.
    pub(crate) drain: bool,
    pub(crate) announced: Vec<ProcessInfo>,
    pub(crate) retired: Vec<WorkerId>,
    types: HashMap<TaskType, u32>,
}

impl FakeStore {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Lets tasks of a type wait.
    pub(crate) fn submit(&self, name: &str, count: usize) {
        let mut inner = self.lock();
        for _ in 0..count {
            inner.waiting.push_back((TaskId::from_parts(0, rand::random()), TaskType::new(name, 1)));
        }
    }
}

impl Inner {
    fn fails(&mut self, operation: &'static str) -> Result<()> {
        if self.failures == 0 {
            return Ok(());
        }
        self.failures -= 1;
        Err(StoreError::Unavailable { operation, detail: "told to fail".to_owned() })
    }

    fn step(&mut self, turn: &Turn) -> TurnReply {
        if let Some((sequence, reply)) = &self.last {
            assert!(turn.sequence == *sequence || turn.sequence == sequence + 1, "sequence {}", turn.sequence);
            if turn.sequence == *sequence {
                return reply.clone();
            }
        }
        let finished = turn.finishes.iter().map(|finish| self.finish(finish)).collect();
        let mut claimed = Vec::new();
        let mut next_slot = None;
        if let Some(claim) = &turn.claim {
            assert!(!claim.queues.is_empty(), "a claim from an empty set");
            assert!(claim.tasks == 0 || !claim.types.is_empty(), "a claim of no type");
            self.types = claim.types.iter().map(|of| (of.task_type.clone(), of.free)).collect();
            let mut left = VecDeque::new();
            next_slot =
                self.held_until.map(|until| until.duration_since(Instant::now())).filter(|held| !held.is_zero());
            while let Some((id, task_type)) = self.waiting.pop_front() {
                let free = self.types.get(&task_type).copied().unwrap_or(0);
                if claimed.len() == claim.tasks as usize || free == 0 || next_slot.is_some() {
                    left.push_back((id, task_type));
                    continue;
                }
                self.types.insert(task_type.clone(), free - 1);
                let mut token = [0; 8];
                token[..6].copy_from_slice(&claim.token_seed);
                token[6..].copy_from_slice(&(claimed.len() as u16).to_be_bytes());
                claimed.push(claimed_task(id, task_type, Token::from_bytes(token)));
            }
            self.waiting = left;
        }
        self.started += claimed.len();
        self.claimed += claimed.len();
        self.most_started = self.most_started.max(self.started);
        let is_short = turn.claim.as_ref().is_some_and(|claim| claimed.len() < claim.tasks as usize);
        let parked = is_short && !(self.holds_unparked && next_slot.is_some());
        let now = Timestamp::from_millis(1_000_000);
        let next_slot = next_slot.map(|held| now.after(held));
        let reply = TurnReply { now, finished, claimed, parked, next_slot };
        self.last = Some((turn.sequence, reply.clone()));
        reply
    }

    fn finish(&mut self, finish: &Finish) -> MoveOutcome {
        self.started -= 1;
        if self.taken.contains(&finish.token) {
            return MoveOutcome::Stale { now: None };
        }
        self.finished.push(finish.clone());
        MoveOutcome::Applied { status: finish.transition.destination.status() }
    }
}

pub(crate) fn claimed_task(id: TaskId, task_type: TaskType, token: Token) -> ClaimedTask {
    ClaimedTask {
        id,
        task_type,
        queue: "default".to_owned(),
        priority: 5,
        token,
        attempt: 1,
        failures: 0,
        lost: 0,
        submitted_at: Timestamp::from_millis(0),
        started_at: Timestamp::from_millis(0),
        parameters: Bytes::from_static(b"{}"),
        metadata: None,
        trace_id: None,
    }
}

#[async_trait]
impl TaskStore for FakeStore {
    async fn turn(&self, turn: &Turn) -> Result<TurnReply> {
        let mut inner = self.lock();
        inner.turns.push(turn.clone());
        inner.turned_at.push(Instant::now());
        let answer = inner.fails("turn");
        if answer.is_err() && !inner.happens_all_the_same {
            return answer.map(|()| unreachable!("it failed"));
        }
        let reply = inner.step(turn);
        answer.map(|()| reply)
    }

    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply> {
        let mut inner = self.lock();
        inner.fails("renew")?;
        inner.renewals.push((Instant::now(), renewal.clone()));
        let tasks = renewal.tasks.iter().map(|lease| match () {
            () if inner.taken.contains(&lease.token) => Renewed::Taken,
            () if inner.cancelled.contains(&lease.token) => Renewed::CancelRequested,
            () => Renewed::Kept,
        });
        Ok(RenewReply { now: Timestamp::from_millis(0), tasks: tasks.collect() })
    }

    async fn now(&self) -> Result<Timestamp> {
        Ok(Timestamp::from_millis(0))
    }

    async fn submit(&self, _: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        unreachable!("a worker does not submit")
    }

    async fn cancel_all(&self, _: &[TaskId]) -> Result<Vec<CancelOutcome>> {
        unreachable!("a worker does not cancel")
    }

    async fn resubmit(&self, _: &Resubmit) -> Result<Vec<AgainOutcome>> {
        unreachable!("a worker does not resubmit")
    }

    async fn hasten(&self, _: &[TaskId]) -> Result<Vec<AgainOutcome>> {
        unreachable!("a worker does not hasten")
    }

    async fn forget(&self, _: &[TaskId]) -> Result<Vec<ForgetOutcome>> {
        unreachable!("a worker does not forget")
    }

    async fn discard(&self, _: &[TaskId]) -> Result<Vec<DiscardOutcome>> {
        unreachable!("a worker does not discard dead letters")
    }

    async fn expire(&self, _: usize) -> Result<Expired> {
        unreachable!("a worker does not expire tasks")
    }

    async fn promote(&self, _: &Promote) -> Result<Promoted> {
        unreachable!("a worker does not promote")
    }

    async fn overdue(&self, _: usize) -> Result<Overdue> {
        unreachable!("a worker does not reap")
    }

    async fn reap(&self, _: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        unreachable!("a worker does not reap")
    }

    async fn get(&self, _: TaskId) -> Result<Option<Task>> {
        unreachable!("a worker does not read tasks")
    }
}

#[async_trait]
impl Directory for FakeStore {
    async fn belong(&self, installation: &str) -> Result<String> {
        Ok(installation.to_owned())
    }

    async fn announce(&self, process: &ProcessInfo, _: Duration) -> Result<Announced> {
        let mut inner = self.lock();
        inner.fails("announce")?;
        inner.announced.push(process.clone());
        Ok(Announced { drain: inner.drain })
    }

    async fn drain(&self, _: WorkerId) -> Result<bool> {
        unreachable!("a worker does not ask others to drain")
    }

    async fn retire(&self, id: WorkerId) -> Result<()> {
        self.lock().retired.push(id);
        Ok(())
    }

    async fn live(&self) -> Result<Vec<Live>> {
        unreachable!("a worker does not ask who is alive")
    }

    async fn register(&self, _: &[Registration]) -> Result<Vec<SchemaConflict>> {
        Ok(Vec::new())
    }

    async fn catalogue(&self) -> Result<Vec<Registration>> {
        unreachable!("a worker does not read the catalogue")
    }
}

#[async_trait]
impl Lists for FakeStore {
    async fn list(&self, _: &List) -> Result<Listed> {
        unreachable!("a worker does not list")
    }

    async fn tasks(&self, _: &[TaskId], _: usize) -> Result<Vec<Option<Task>>> {
        unreachable!("a worker does not read tasks")
    }
}

#[async_trait]
impl Statistics for FakeStore {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        unreachable!("a worker does not count")
    }

    async fn tallies(&self, _: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        unreachable!("a worker does not count")
    }

    async fn waiting(&self) -> Result<Vec<WaitingType>> {
        unreachable!("a worker does not count")
    }

    async fn errors(&self, _: &Errors) -> Result<Vec<ErrorGroup>> {
        unreachable!("a worker does not count")
    }

    async fn standing(&self, _: TaskId, _: Option<RateLimit>) -> Result<Option<Standing>> {
        unreachable!("a worker does not explain")
    }
}

#[async_trait]
impl Signals for FakeStore {
    async fn worker_signals(&self, _: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>> {
        Ok(mpsc::channel(1).1)
    }

    async fn moves(&self) -> Result<Moves> {
        Ok(mpsc::channel(1).1)
    }

    async fn tell_routing_changed(&self) -> Result<()> {
        Ok(())
    }

    async fn routing_changes(&self) -> Result<RoutingChanges> {
        Ok(mpsc::channel(1).1)
    }
}

#[async_trait]
impl Upkeep for FakeStore {
    async fn stall(&self, _: &Stall) -> Result<Stalled> {
        unreachable!("a worker does not stall tasks")
    }

    async fn drop_waiting(&self, _: &DropWaiting) -> Result<Swept> {
        unreachable!("a worker does not drop tasks")
    }

    async fn prune(&self, _: &Prune) -> Result<Swept> {
        unreachable!("a worker does not prune")
    }

    async fn trim(&self, _: &Trim) -> Result<Trimmed> {
        unreachable!("a worker does not trim")
    }

    async fn purge(&self, _: &Purge) -> Result<Swept> {
        unreachable!("a worker does not purge")
    }
}
