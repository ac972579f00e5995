use std::time::Duration;

use bytes::Bytes;

use super::MoveOutcome;
use crate::lifecycle::Transition;
use crate::model::{PolicyRef, RateLimit, TaskId, TaskType, Timestamp, Token, WorkerId};

/// A worker's call: what has ended, and what it could run next.
#[derive(Debug, Clone)]
pub struct Turn {
    pub worker: WorkerId,
    /// Grows by one with each new turn of the worker, from 1; the same for a turn that is sent again.
    pub sequence: u64,
    /// How long claimed tasks stay this worker's without renewal.
    pub lease: Duration,
    /// At most [`MAX_BATCH`](super::MAX_BATCH).
    pub finishes: Vec<Finish>,
    /// Attempts that were taken away from this worker, and whose code has stopped only now: what they still occupied is
    /// free again. At most [`MAX_BATCH`](super::MAX_BATCH).
    pub stopped: Vec<(TaskId, Token)>,
    /// None: claim nothing, and do not park.
    pub claim: Option<Claim>,
    /// Whether the last turn's reply said that the worker was parked.
    pub was_parked: bool,
}

/// The end of an attempt.
#[derive(Debug, Clone)]
pub struct Finish {
    pub id: TaskId,
    pub token: Token,
    pub transition: Transition,
}

/// What a worker could run now.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Tasks to claim at the most, in all; at most [`MAX_BATCH`](super::MAX_BATCH).
    pub tasks: u32,
    pub queues: Vec<QueueSlots>,
    pub types: Vec<TypeSlots>,
    /// The k-th claimed task gets these six random bytes and k (two bytes, big endian) as its token.
    pub token_seed: [u8; 6],
}

/// A queue to claim from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueSlots {
    pub queue: String,
    /// Tasks of this queue that the worker can take now.
    pub free: u32,
    /// Tasks of this queue that all workers together may run; none = unlimited. What runs is counted in the claim itself:
    /// started tasks, and stalled ones whose worker has not said yet that their code has stopped, while it lives.
    pub total: Option<u32>,
    /// Holds over all workers, and as the worker knows it: tasks beyond it wait.
    pub rate: Option<RateLimit>,
}

/// A task type that the worker can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeSlots {
    pub task_type: TaskType,
    /// Tasks of this type that the worker can take now.
    pub free: u32,
    /// Tasks of this type that all workers together may run, in whatever queue; none = unlimited. Counted like a queue's.
    pub total: Option<u32>,
    /// The policy under which it runs them; published before (`Directory::register`).
    pub policy: PolicyRef,
    /// The policy's heartbeat interval.
    pub max_heartbeat_interval: Option<Duration>,
}

#[derive(Debug, Clone)]
pub struct TurnReply {
    pub now: Timestamp,
    /// One for each finish, in order.
    pub finished: Vec<MoveOutcome>,
    /// In the order in which they are to start.
    pub claimed: Vec<ClaimedTask>,
    /// The worker has been parked: a signal comes when there may be something to claim.
    pub parked: bool,
    /// When a rate limit that has held back tasks from this claim lets the next one start: no signal comes then, it is
    /// for the worker to ask again.
    pub next_slot: Option<Timestamp>,
}

/// A task that has just become a worker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedTask {
    pub id: TaskId,
    pub task_type: TaskType,
    pub queue: String,
    pub priority: u8,
    pub token: Token,
    /// From 1.
    pub attempt: u32,
    pub failures: u32,
    pub lost: u32,
    pub submitted_at: Timestamp,
    pub started_at: Timestamp,
    /// JSON.
    pub parameters: Bytes,
    pub metadata: Option<Bytes>,
    pub trace_id: Option<String>,
}
