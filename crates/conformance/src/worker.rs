use std::collections::HashMap;

use jobbers_core::lifecycle::{self, Outcome};
use jobbers_core::model::{Policy, Progress, RateLimit, TaskType, WorkerId};
use jobbers_core::store::{
    Beat, Claim, ClaimedTask, Finish, Lease, MoveOutcome, QueueSlots, Renewal, Renewed, SharedStore, Turn, TurnReply,
    TypeSlots,
};

use crate::sample::{LEASE, QUEUE, alpha, beta, registration, worker_id};

/// A worker without handlers: it speaks to the store as a real one does, and the scenario decides what its
/// attempts come to.
#[derive(Debug)]
pub struct Worker {
    pub id: WorkerId,
    pub store: SharedStore,
    /// Where it claims from.
    pub queues: Vec<QueueSlots>,
    /// What it can run.
    pub types: Vec<(TaskType, u32, Policy)>,
    /// How many tasks of a type all workers together may run, as far as it knows.
    pub type_totals: HashMap<TaskType, u32>,
    sequence: u64,
    parked: bool,
}

/// Free slots where a scenario is not about them.
pub const PLENTY: u32 = 500;

impl Worker {
    /// The n-th worker: takes any number of alphas and betas from the queue `default`.
    pub async fn start(store: &SharedStore, n: u8) -> Self {
        Self::with_policy(store, n, Policy::default()).await
    }

    /// The same, running alphas and betas under this policy.
    pub async fn with_policy(store: &SharedStore, n: u8, policy: Policy) -> Self {
        Self::with_policies(store, n, policy.clone(), policy).await
    }

    /// The same, running alphas under the one and betas under the other.
    pub async fn with_policies(store: &SharedStore, n: u8, of_alphas: Policy, of_betas: Policy) -> Self {
        let worker = Self {
            id: worker_id(n),
            store: store.clone(),
            queues: vec![QueueSlots { queue: QUEUE.to_owned(), free: PLENTY, ..QueueSlots::default() }],
            types: vec![(alpha(), PLENTY, of_alphas), (beta(), PLENTY, of_betas)],
            type_totals: HashMap::new(),
            sequence: 0,
            parked: false,
        };
        worker.register().await;
        worker
    }

    /// The same, taking any number of tasks of these queues and types.
    pub async fn consuming(store: &SharedStore, n: u8, queues: &[&str], types: &[TaskType]) -> Self {
        let mut worker = Self::start(store, n).await;
        worker.queues = queues
            .iter()
            .map(|&queue| QueueSlots { queue: queue.to_owned(), free: PLENTY, ..QueueSlots::default() })
            .collect();
        worker.types = types.iter().map(|task_type| (task_type.clone(), PLENTY, Policy::default())).collect();
        worker.register().await;
        worker
    }

    async fn register(&self) {
        let types: Vec<_> =
            self.types.iter().map(|(task_type, _, policy)| registration(task_type.clone(), policy.clone())).collect();
        self.store.register(&types).await.expect("register");
    }

    /// It learns how many tasks of a queue all workers together may run.
    pub fn limit_total(&mut self, queue: &str, total: impl Into<Option<u32>>) {
        self.slots(queue).total = total.into();
    }

    /// It learns how often tasks of a queue may start.
    pub fn limit_rate(&mut self, queue: &str, rate: impl Into<Option<RateLimit>>) {
        self.slots(queue).rate = rate.into();
    }

    fn slots(&mut self, queue: &str) -> &mut QueueSlots {
        self.queues.iter_mut().find(|slots| slots.queue == queue).expect("a queue that it claims from")
    }

    /// What it would claim with this many free slots in all.
    pub fn claim_of(&self, tasks: u32) -> Claim {
        let [a, b, c, d, e, f, ..] = (self.sequence + 1).to_le_bytes();
        let [_, number, ..] = self.id.to_bytes();
        Claim {
            tasks,
            queues: self.queues.clone(),
            types: self
                .types
                .iter()
                .map(|(task_type, free, policy)| TypeSlots {
                    task_type: task_type.clone(),
                    free: *free,
                    total: self.type_totals.get(task_type).copied(),
                    policy: policy.reference(),
                    max_heartbeat_interval: policy.max_heartbeat_interval,
                })
                .collect(),
            // Unlike any other turn's, of any worker.
            token_seed: [a, b, c, d ^ e, f, number],
        }
    }

    /// The next turn, not sent yet.
    pub fn next_turn(&mut self, finishes: Vec<Finish>, claim: Option<Claim>) -> Turn {
        self.sequence += 1;
        Turn {
            worker: self.id,
            sequence: self.sequence,
            lease: LEASE,
            finishes,
            stopped: Vec::new(),
            claim,
            was_parked: self.parked,
        }
    }

    pub async fn send(&mut self, turn: &Turn) -> TurnReply {
        let reply = self.store.turn(turn).await.expect("turn");
        assert_eq!(reply.finished.len(), turn.finishes.len(), "one answer for each finish");
        self.parked = reply.parked;
        reply
    }

    /// Claims with this many free slots.
    pub async fn claim(&mut self, tasks: u32) -> Vec<ClaimedTask> {
        let claim = self.claim_of(tasks);
        let turn = self.next_turn(Vec::new(), Some(claim));
        self.send(&turn).await.claimed
    }

    /// The same, and answers all that the store says.
    pub async fn ask(&mut self, tasks: u32) -> TurnReply {
        self.finish_and_claim(Vec::new(), tasks).await
    }

    /// Ends attempts and claims, in one turn.
    pub async fn finish_and_claim(&mut self, finishes: Vec<Finish>, tasks: u32) -> TurnReply {
        let claim = self.claim_of(tasks);
        let turn = self.next_turn(finishes, Some(claim));
        self.send(&turn).await
    }

    /// Says that the code of an attempt which was taken away has stopped, and claims nothing.
    pub async fn stop(&mut self, task: &ClaimedTask) {
        let mut turn = self.next_turn(Vec::new(), None);
        turn.stopped.push((task.id, task.token));
        self.send(&turn).await;
    }

    /// Claims until the store parks it, as a real worker does: a store may look at a bounded number of entries a
    /// turn, and says by not parking that there may be more.
    pub async fn claim_all(&mut self) -> Vec<ClaimedTask> {
        let mut claimed = Vec::new();
        for _ in 0..100 {
            let claim = self.claim_of(PLENTY);
            let turn = self.next_turn(Vec::new(), Some(claim));
            let reply = self.send(&turn).await;
            claimed.extend(reply.claimed);
            if reply.parked {
                return claimed;
            }
        }
        panic!("the store does not park a worker although there is an end of waiting tasks");
    }

    /// Claims one task that must be there.
    pub async fn claim_one(&mut self) -> ClaimedTask {
        let mut claimed = self.claim(1).await;
        assert_eq!(claimed.len(), 1, "one task is claimed");
        claimed.remove(0)
    }

    /// The policy under which it runs a task.
    pub fn policy(&self, task: &ClaimedTask) -> &Policy {
        let policy = self.types.iter().find(|(task_type, ..)| *task_type == task.task_type).map(|(.., policy)| policy);
        policy.expect("a worker has what it can run")
    }

    /// The end of an attempt as the lifecycle decides it, without jitter.
    pub fn decide(&self, task: &ClaimedTask, outcome: Outcome) -> Finish {
        let transition = lifecycle::after_attempt(self.policy(task), task.failures, outcome, 0.0, 0.0);
        Finish { id: task.id, token: task.token, transition }
    }

    /// Ends an attempt and claims nothing.
    pub async fn finish(&mut self, task: &ClaimedTask, outcome: Outcome) -> MoveOutcome {
        let finish = self.decide(task, outcome);
        self.finish_with(finish).await
    }

    /// Sends this finish, in a turn of its own.
    pub async fn finish_with(&mut self, finish: Finish) -> MoveOutcome {
        let turn = self.next_turn(vec![finish], None);
        self.send(&turn).await.finished[0]
    }

    /// Renews one task's lease.
    pub async fn renew(&self, task: &ClaimedTask) -> Renewed {
        self.renew_with(task, None).await
    }

    /// Renews one task's lease with a heartbeat that says this much.
    pub async fn beat(&self, task: &ClaimedTask, progress: Option<Progress>) -> Renewed {
        let max_heartbeat_interval = self.policy(task).max_heartbeat_interval;
        self.renew_with(task, Some(Beat { progress, max_heartbeat_interval })).await
    }

    async fn renew_with(&self, task: &ClaimedTask, beat: Option<Beat>) -> Renewed {
        let tasks = vec![Lease { id: task.id, token: task.token, beat }];
        let reply = self.store.renew(&Renewal { worker: self.id, lease: LEASE, tasks }).await.expect("renew");
        assert_eq!(reply.tasks.len(), 1, "one answer for each lease");
        reply.tasks[0]
    }
}
