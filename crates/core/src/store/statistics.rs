use std::ops::RangeInclusive;

use async_trait::async_trait;

use super::{Result, Standing};
use crate::model::{ErrorGroup, RateLimit, TaskId, TaskType, Timestamp};

/// Minutes that tallies are kept at the least.
pub const TALLIED_MINUTES: u64 = 24 * 60;

/// What a store counts by itself, in the steps that change it.
#[async_trait]
pub trait Statistics: Send + Sync {
    /// How many tasks each queue has; queues that have, or had, any task.
    async fn counts(&self) -> Result<Vec<QueueCounts>>;

    /// What happened in these minutes (since 1970, by the store's clock), each queue by itself; what is all zero may
    /// be left out.
    async fn tallies(&self, minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>>;

    /// How many tasks of each type wait in each queue; only where some do.
    async fn waiting(&self) -> Result<Vec<WaitingType>>;

    /// Where a waiting task stands, by one look at the store; none if it does not wait. `rate` is its queue's limit.
    async fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>>;

    /// Dead letters, grouped by errors that are alike (see [`likeness`](crate::lifecycle::likeness)): the largest groups.
    async fn errors(&self, errors: &Errors) -> Result<Vec<ErrorGroup>>;
}

/// Which groups of dead letters; what is none lets every group through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Errors {
    pub queue: Option<String>,
    pub name: Option<String>,
    pub version: Option<u32>,
    /// Groups at the most.
    pub limit: usize,
}

/// Tasks of one type that wait in one queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitingType {
    pub queue: String,
    pub task_type: TaskType,
    pub tasks: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueCounts {
    pub queue: String,
    pub waiting: u64,
    pub scheduled: u64,
    pub started: u64,
    pub dead: u64,
    /// About since when the task waits that waits longest: the first one of its lane.
    pub oldest_waiting: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinuteTally {
    pub minute: u64,
    pub queue: String,
    pub tally: Tally,
}

/// How often each thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Tasks stored, waiting or scheduled, and tasks resubmitted.
    pub submitted: u64,
    /// Attempts.
    pub started: u64,
    pub completed: u64,
    /// For good.
    pub failed: u64,
    pub cancelled: u64,
    pub stalled: u64,
    pub dropped: u64,
    /// Failed attempts after which the task is tried again.
    pub retried: u64,
    /// Attempts that ended with their worker.
    pub lost: u64,
}
