use std::time::Duration;

use anyhow::{Result, ensure};
use bytes::Bytes;
use jobbers_core::lifecycle::{Outcome, after_attempt};
use jobbers_core::model::{Policy, ProcessInfo, ProcessKind, Registration, TaskType, WorkerId};
use jobbers_core::store::{Claim, ClaimedTask, Finish, MoveOutcome, QueueSlots, SharedStore, Turn, TypeSlots};

/// Of each worker.
const SLOTS: u32 = 10;
/// No attempt here is lost, however slow the machine.
const LEASE: Duration = Duration::from_secs(600);

/// A worker without handlers: every attempt has ended when it is asked again.
#[derive(Debug)]
pub(super) struct Simulated {
    store: SharedStore,
    id: WorkerId,
    queues: Vec<QueueSlots>,
    types: Vec<TypeSlots>,
    policy: Policy,
    sequence: u64,
    parked: bool,
    held: Vec<ClaimedTask>,
}

impl Simulated {
    /// Takes part: publishes its task types and says that it is alive.
    pub(super) async fn start(store: &SharedStore, queues: &[String], types: &[TaskType]) -> Result<Self> {
        let policy = Policy { max_concurrent: None, ..Policy::default() };
        let registration = |task_type: &TaskType| Registration {
            task_type: task_type.clone(),
            queue: queues[0].clone(),
            policy: policy.clone(),
            parameters_schema: None,
        };
        store.register(&types.iter().map(registration).collect::<Vec<_>>()).await?;
        let id = WorkerId::from_bytes(rand::random());
        let process = ProcessInfo {
            id,
            kind: ProcessKind::Worker,
            host: "simulated".to_owned(),
            pid: std::process::id(),
            role: None,
            queues: queues.to_vec(),
            slots: SLOTS,
            types: types.to_vec(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: store.now().await?,
            load: None,
        };
        store.announce(&process, LEASE).await?;
        let queue = |queue: &String| QueueSlots { queue: queue.clone(), free: SLOTS, ..QueueSlots::default() };
        let of_type = |task_type: &TaskType| TypeSlots {
            task_type: task_type.clone(),
            free: SLOTS,
            total: None,
            policy: policy.reference(),
            max_heartbeat_interval: None,
        };
        Ok(Self {
            store: store.clone(),
            id,
            queues: queues.iter().map(queue).collect(),
            types: types.iter().map(of_type).collect(),
            policy,
            sequence: 0,
            parked: false,
            held: Vec::new(),
        })
    }

    /// Ends what it has and claims the next; answers how many have ended.
    pub(super) async fn turn(&mut self) -> Result<usize> {
        let policy = &self.policy;
        let finish = |task: ClaimedTask| {
            let outcome = Outcome::Completed(Bytes::from_static(b"null"));
            let transition = after_attempt(policy, task.failures, outcome, 0.0, 0.0);
            Finish { id: task.id, token: task.token, transition }
        };
        let finishes: Vec<Finish> = self.held.drain(..).map(finish).collect();
        let ended = finishes.len();
        self.sequence += 1;
        let turn = Turn {
            worker: self.id,
            sequence: self.sequence,
            lease: LEASE,
            finishes,
            stopped: Vec::new(),
            claim: Some(Claim {
                tasks: SLOTS,
                queues: self.queues.clone(),
                types: self.types.clone(),
                token_seed: rand::random(),
            }),
            was_parked: self.parked,
        };
        let reply = self.store.turn(&turn).await?;
        let applied = reply.finished.iter().filter(|outcome| matches!(outcome, MoveOutcome::Applied { .. })).count();
        ensure!(applied == ended, "{ended} attempts have ended, and {applied} were stored");
        ensure!(!reply.claimed.is_empty(), "a worker got nothing from a store with waiting tasks");
        self.parked = reply.parked;
        self.held = reply.claimed;
        Ok(ended)
    }
}
