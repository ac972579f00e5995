use std::time::Duration;

use async_trait::async_trait;

use super::{Cursor, Result};
use crate::model::{TaskId, TaskType, Timestamp, WorkerId};

/// Why a task with a heartbeat interval of its own was stalled.
pub const NO_HEARTBEAT_IN_INTERVAL: &str = "no heartbeat within its max_heartbeat_interval";
/// Why another one was.
pub const NO_HEARTBEAT_IN_STALE_TIME: &str = "no heartbeat for longer than the stale time";

/// Sweeps: bounded steps over what time has changed. Each is a piece of a walk that goes on at `next` until there is
/// none; begun anew it finds what was missed. A step that is sent again sweeps what is left.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Started and silent → stalled; the worker is told, and can neither keep nor finish the task any more.
    ///
    /// A task under a policy with a heartbeat interval is silent once it has not beaten for that long (since it
    /// started, if it never did); another one is silent only if `stale` is given, it has beaten, and its last beat is
    /// longer ago than that. A task whose end was asked for is left alone: it ends by that wish; so is one whose lease
    /// is over: that is for reaping. After the store was away nothing counts as silent until one full lease has passed,
    /// since nobody could tell heartbeats meanwhile; and where confirmed heartbeats may have been lost, what was told
    /// before counts as told at that time.
    async fn stall(&self, stall: &Stall) -> Result<Stalled>;

    /// Waiting → dropped: tasks of a type in a queue that have waited for at least `waited`.
    async fn drop_waiting(&self, drop: &DropWaiting) -> Result<Swept>;

    /// Waiting → cancelled, and if asked scheduled → cancelled: tasks of a queue.
    async fn purge(&self, purge: &Purge) -> Result<Swept>;

    /// Ended → unknown: forgets tasks that ended at least `age` ago. Dead letters only if asked for them, and then only
    /// them.
    async fn prune(&self, prune: &Prune) -> Result<Swept>;

    /// Removes entries of queues behind which no task waits. No transition.
    async fn trim(&self, trim: &Trim) -> Result<Trimmed>;
}

/// A piece of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// Go on here; none = begin.
    pub after: Option<Cursor>,
    /// Tasks swept at the most, [`MAX_BATCH`](super::MAX_BATCH) at the most. What is only counted may be more, and how
    /// many entries [`Upkeep::trim`] looks at is the store's to bound.
    pub limit: usize,
    /// Only counts what would be swept.
    pub rehearsal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swept {
    pub now: Timestamp,
    /// Tasks swept, or to be swept.
    pub tasks: usize,
    /// Where to go on; none if the walk is over.
    pub next: Option<Cursor>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall {
    /// For tasks without an interval of their own; none = leave these alone.
    pub stale: Option<Duration>,
    pub sweep: Sweep,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stalled {
    pub now: Timestamp,
    /// Tasks stalled, or to be stalled.
    pub tasks: Vec<SilentTask>,
    /// Where to go on; none if the walk is over.
    pub next: Option<Cursor>,
}

/// A started task that gives no sign of progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentTask {
    pub id: TaskId,
    pub task_type: TaskType,
    pub queue: String,
    pub attempt: u32,
    /// Who had it.
    pub worker: WorkerId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropWaiting {
    pub queue: String,
    pub task_type: TaskType,
    pub waited: Duration,
    /// Tasks at the most, [`MAX_BATCH`](super::MAX_BATCH) at the most; entries that are looked at are bounded as well.
    pub limit: usize,
}

/// Which tasks of a queue are cancelled: what comes after the wish for it is left alone, however late a purge goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    pub queue: String,
    /// Waiting tasks that wait since then or longer, and scheduled ones that were submitted by then.
    pub before: Timestamp,
    /// Scheduled tasks as well.
    pub scheduled: bool,
    pub sweep: Sweep,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prune {
    pub what: Prunable,
    pub age: Duration,
    pub sweep: Sweep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prunable {
    /// Completed, failed, cancelled, stalled and dropped tasks that are no dead letters.
    Ended,
    DeadLetters,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trim {
    /// Entries of tasks that are gone: only those whose ids carry a time (see
    /// [`TaskId::timestamp`](crate::model::TaskId)) not before this.
    pub since: Option<Timestamp>,
    /// Likewise, not after this.
    pub until: Option<Timestamp>,
    pub sweep: Sweep,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trimmed {
    pub now: Timestamp,
    /// Entries removed, or to be removed, whose task the store does not know.
    pub gone: usize,
    /// Entries removed, or to be removed, whose task does not wait there (any more).
    pub dead: usize,
    /// Where to go on; none if the walk is over.
    pub next: Option<Cursor>,
}
