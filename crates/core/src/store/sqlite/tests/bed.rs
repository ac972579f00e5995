use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tempfile::TempDir;

use crate::lifecycle::{LeaseOver, Outcome, Transition, after_attempt, after_lease_over};
use crate::model::{
    EndDetail, EndKind, NewTask, Policy, ProcessInfo, ProcessKind, RateLimit, Registration, Status, Task, TaskId,
    TaskType, Timestamp, When, WorkerId,
};
use crate::store::sqlite::{Clock, SqliteStore};
use crate::store::{
    Claim, ClaimedTask, Directory as _, Finish, Lease, MoveOutcome, OverdueTask, QueueSlots, Renewal, Renewed, Stall,
    Sweep, TaskStore as _, Turn, TurnReply, TypeSlots, Upkeep as _, Verdict,
};

pub(super) const START: u64 = 1_750_000_000_000;
pub(super) const LEASE: Duration = Duration::from_secs(10);

/// A store in a folder of its own, on a clock that the test moves.
pub(super) struct Bed {
    pub(super) folder: TempDir,
    pub(super) clock: Arc<AtomicU64>,
    store: Option<SqliteStore>,
}

impl Bed {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut bed = Self { folder, clock: Arc::new(AtomicU64::new(START)), store: None };
        bed.store = Some(bed.open().await);
        bed
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("jobbers.db")
    }

    pub(super) fn store(&self) -> &SqliteStore {
        self.store.as_ref().unwrap()
    }

    /// Opens the file once more, as another process would.
    pub(super) async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path(), Clock::Manual(Arc::clone(&self.clock))).await.unwrap()
    }

    pub(super) fn close(&mut self) {
        self.store = None;
    }

    pub(super) async fn reopen(&mut self) {
        self.store = Some(self.open().await);
    }

    pub(super) fn pass(&self, time: Duration) {
        self.clock.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::SeqCst))
    }

    pub(super) async fn submit(&self, tasks: &[NewTask]) {
        self.store().submit(tasks).await.unwrap();
    }

    pub(super) async fn get(&self, number: u128) -> Task {
        self.store().get(id(number)).await.unwrap().expect("a known task")
    }

    pub(super) async fn status(&self, number: u128) -> Status {
        self.get(number).await.status
    }
}

pub(super) fn id(number: u128) -> TaskId {
    TaskId::from_parts(1, number)
}

/// A task of type `echo` in queue `default`.
pub(super) fn task(number: u128) -> NewTask {
    NewTask {
        id: id(number),
        task_type: TaskType::new("echo", 1),
        queue: "default".into(),
        priority: 5,
        when: When::Now,
        parameters: Bytes::from_static(b"{\"list\":[],\"big\":12345678901234567890}"),
        metadata: None,
        trace_id: None,
        fingerprint: [1; 8],
        expires_at: None,
        idempotency_key: None,
    }
}

pub(super) fn typed(number: u128, name: &str) -> NewTask {
    NewTask { task_type: TaskType::new(name, 1), ..task(number) }
}

pub(super) fn end(kind: EndKind) -> EndDetail {
    EndDetail { kind, error: "upstream is away".into(), error_type: "Upstream".into(), backtrace: None }
}

pub(super) fn completed() -> Transition {
    after_attempt(&Policy::default(), 0, Outcome::Completed(Bytes::from_static(b"{\"ok\":true}")), 0.5, 0.5)
}

pub(super) fn failed() -> Transition {
    after_attempt(&Policy::default(), 0, Outcome::Failed(end(EndKind::Failed)), 0.5, 0.5)
}

pub(super) fn retried(delay: Option<u64>) -> Transition {
    let policy = Policy { retry_delay: delay.map(Duration::from_secs), ..Policy::default() };
    let policy = Policy { backoff: crate::model::Backoff::Constant, ..policy };
    let outcome = Outcome::FailedExpectedly { end: end(EndKind::Failed), retry_after: None };
    after_attempt(&policy, 0, outcome, 0.5, 0.5)
}

pub(super) fn handed_back() -> Transition {
    after_attempt(&Policy::default(), 0, Outcome::HandedBack(end(EndKind::HandedBack)), 0.5, 0.5)
}

pub(super) fn stopped() -> Transition {
    after_attempt(&Policy::default(), 0, Outcome::Stopped(end(EndKind::Stalled)), 0.5, 0.5)
}

pub(super) fn verdict(task: &OverdueTask) -> Verdict {
    let over = LeaseOver { lost: task.lost, counts_as_lost: task.counts_as_lost, evidence: "it fell silent" };
    let transition = after_lease_over(&task.policy, over);
    Verdict { id: task.id, token: task.token, deadline: task.deadline, transition }
}

pub(super) fn finish(task: &ClaimedTask, transition: Transition) -> Finish {
    Finish { id: task.id, token: task.token, transition }
}

pub(super) fn slots(name: &str, free: u32) -> TypeSlots {
    let task_type = TaskType::new(name, 1);
    let policy = Policy::default().reference();
    TypeSlots { task_type, free, total: None, policy, max_heartbeat_interval: None }
}

/// The queue `default` with limits over all workers.
pub(super) fn limited(total: Option<u32>, rate: Option<RateLimit>) -> QueueSlots {
    QueueSlots { queue: "default".into(), free: 500, total, rate }
}

/// Stalls whatever is silent.
pub(super) async fn stall(store: &SqliteStore) -> usize {
    let sweep = Sweep { after: None, limit: 500, rehearsal: false };
    store.stall(&Stall { stale: None, sweep }).await.unwrap().tasks.len()
}

pub(super) fn registration(name: &str) -> Registration {
    Registration {
        task_type: TaskType::new(name, 1),
        queue: "default".into(),
        policy: Policy::default(),
        parameters_schema: None,
    }
}

/// A worker that announces itself.
pub(super) fn process(number: u8) -> ProcessInfo {
    ProcessInfo {
        id: WorkerId::from_bytes([number; 8]),
        kind: ProcessKind::Worker,
        host: "here".into(),
        pid: 1,
        role: Some("default".into()),
        queues: vec!["default".into()],
        slots: 5,
        types: Vec::new(),
        version: "1".into(),
        started_at: Timestamp::from_millis(1),
        load: None,
    }
}

/// A worker that takes turns: the queue `default`, the type `echo`, unless a claim says otherwise.
pub(super) struct Worker {
    pub(super) store: SqliteStore,
    pub(super) id: WorkerId,
    pub(super) sequence: u64,
    parked: bool,
}

impl Worker {
    pub(super) fn new(store: &SqliteStore, number: u8) -> Self {
        Self { store: store.clone(), id: WorkerId::from_bytes([number; 8]), sequence: 0, parked: false }
    }

    pub(super) fn claim_of(&self, tasks: u32) -> Claim {
        Claim {
            tasks,
            queues: vec![QueueSlots { queue: "default".into(), free: 500, ..QueueSlots::default() }],
            types: vec![slots("echo", 500)],
            token_seed: [self.id.to_bytes()[0], 0, 0, 0, 0, u8::try_from(self.sequence % 251).unwrap()],
        }
    }

    pub(super) fn next_turn(&mut self, finishes: Vec<Finish>, claim: Option<Claim>) -> Turn {
        self.sequence += 1;
        let claim = claim.map(|claim| Claim { token_seed: self.claim_of(0).token_seed, ..claim });
        let (worker, sequence, was_parked) = (self.id, self.sequence, self.parked);
        Turn { worker, sequence, lease: LEASE, finishes, stopped: Vec::new(), claim, was_parked }
    }

    pub(super) async fn send(&mut self, turn: &Turn) -> TurnReply {
        let reply = self.store.turn(turn).await.unwrap();
        self.parked = reply.parked;
        reply
    }

    pub(super) async fn turn(&mut self, finishes: Vec<Finish>, claim: Option<Claim>) -> TurnReply {
        let turn = self.next_turn(finishes, claim);
        self.send(&turn).await
    }

    pub(super) async fn claim(&mut self, tasks: u32) -> Vec<ClaimedTask> {
        let claim = self.claim_of(tasks);
        self.turn(Vec::new(), Some(claim)).await.claimed
    }

    /// Claims from one queue with its limits.
    pub(super) async fn claim_from(&mut self, queue: QueueSlots, tasks: u32) -> TurnReply {
        let claim = Claim { queues: vec![queue], ..self.claim_of(tasks) };
        self.turn(Vec::new(), Some(claim)).await
    }

    /// Says that the code of attempts that were taken away has stopped.
    pub(super) async fn stopped(&mut self, tasks: &[&ClaimedTask]) {
        let mut turn = self.next_turn(Vec::new(), None);
        turn.stopped = tasks.iter().map(|task| (task.id, task.token)).collect();
        self.send(&turn).await;
    }

    pub(super) async fn claim_one(&mut self) -> ClaimedTask {
        self.claim(1).await.pop().expect("a waiting task")
    }

    pub(super) async fn finish(&mut self, task: &ClaimedTask, transition: Transition) -> MoveOutcome {
        self.turn(vec![finish(task, transition)], None).await.finished[0]
    }

    pub(super) async fn renew(&self, tasks: &[&ClaimedTask]) -> Vec<Renewed> {
        let tasks = tasks.iter().map(|task| Lease { id: task.id, token: task.token, beat: None }).collect();
        self.store.renew(&Renewal { worker: self.id, lease: LEASE, tasks }).await.unwrap().tasks
    }
}

pub(super) async fn register(store: &SqliteStore, names: &[&str]) {
    let types: Vec<Registration> = names.iter().map(|name| registration(name)).collect();
    store.register(&types).await.unwrap();
}
