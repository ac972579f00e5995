//! The seam: what a store of tasks must do, whatever it is built on.
//!
//! One verb is one atomic step, guarded by the state that it leaves, and may be sent twice: the second time gives
//! the same answer and changes nothing (`cancel_all`, `hasten` and `forget` change nothing either, but answer with the
//! state that they had led to). Losing a race is a value (`Stale`), not an error. Time is the store's clock.
//! An [`StoreError::Unavailable`] says that the step may or may not have happened: send the very same step again.
//!
//! `conformance` holds the scenarios that every store passes.

mod cancel;
mod directory;
mod discard;
mod error;
mod expire;
mod forget;
mod list;
mod moves;
mod promote;
mod reap;
pub mod redis;
mod renew;
mod resubmit;
mod signals;
pub mod sqlite;
mod standing;
mod statistics;
mod submit;
mod turn;
mod upkeep;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub use cancel::CancelOutcome;
pub use directory::{Announced, Directory, Live, SchemaConflict};
pub use discard::DiscardOutcome;
pub use error::{Incompatible, StoreError};
pub use expire::Expired;
pub use forget::ForgetOutcome;
pub use list::{Cursor, Filter, List, ListEntry, Listed, Lists, MAX_EXAMINED, MAX_LISTED, Order};
pub use moves::MoveOutcome;
pub use promote::{Promote, Promoted};
pub use reap::{Overdue, OverdueTask, Verdict};
pub use renew::{Beat, Lease, RenewReply, Renewal, Renewed};
pub use resubmit::{AgainOutcome, Resubmit};
pub use signals::{Moved, Moves, RoutingChanges, Signals, WorkerSignal};
pub use standing::{Ahead, Allowance, Standing};
pub use statistics::{Errors, MinuteTally, QueueCounts, Statistics, TALLIED_MINUTES, Tally, WaitingType};
pub use submit::SubmitOutcome;
pub use turn::{Claim, ClaimedTask, Finish, QueueSlots, Turn, TurnReply, TypeSlots};
pub use upkeep::{
    DropWaiting, NO_HEARTBEAT_IN_INTERVAL, NO_HEARTBEAT_IN_STALE_TIME, Prunable, Prune, Purge, SilentTask, Stall,
    Stalled, Sweep, Swept, Trim, Trimmed, Upkeep,
};

use crate::model::{NewTask, Task, TaskId, Timestamp};

/// How long an idempotency key is remembered.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(86_400);

/// Most items that one step takes.
pub const MAX_BATCH: usize = 500;

pub type Result<T> = std::result::Result<T, StoreError>;

/// A store of tasks, shared by every part of a process.
pub type SharedStore = Arc<dyn Store>;

/// Everything that a store is.
pub trait Store: TaskStore + Upkeep + Lists + Statistics + Directory + Signals {}

impl<S: TaskStore + Upkeep + Lists + Statistics + Directory + Signals> Store for S {}

/// The steps of a task's life.
#[async_trait]
pub trait TaskStore: Debug + Send + Sync {
    /// Stores new tasks, waiting or scheduled: all of `tasks` (at most [`MAX_BATCH`]) or, on an error, none.
    /// An id that is known already changes nothing: `Exists` if the fingerprint is the same, else `Conflict`.
    /// An idempotency key stands for the task that was first submitted with it, for [`IDEMPOTENCY_KEPT`] as long as
    /// that task is known: submitted again under any id, it changes nothing and answers `SameKey`. A due time that has passed counts as now. Refused with [`StoreError::Full`] when memory is full.
    async fn submit(&self, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>>;

    /// Ends a batch of attempts and claims the next batch, in one step.
    ///
    /// A finish applies while its token is the record's and the task is started; sent again, it is answered
    /// `Applied` again while that token is the record's last. A claimed task is started, carries a fresh token and
    /// a lease until now + `lease`. A turn with the sequence number of the one before is answered from that: it
    /// claims nothing new, and what was claimed then is returned as far as it is still this worker's. A claim that
    /// got less than it asked for parks the worker: it is woken when something may be claimable, also
    /// because a place became free under a limit that holds over all workers.
    async fn turn(&self, turn: &Turn) -> Result<TurnReply>;

    /// Extends the leases of a worker and records heartbeats and progress. A lease whose deadline has passed is
    /// extended as well as long as nobody took the task away.
    async fn renew(&self, renewal: &Renewal) -> Result<RenewReply>;

    /// Asks for the end of tasks (at most [`MAX_BATCH`]): at once of one that waits, by its worker of one that runs
    /// (the intent is recorded first). An id that is there twice is answered as if it came in a later step.
    async fn cancel_all(&self, ids: &[TaskId]) -> Result<Vec<CancelOutcome>>;

    /// Asks for the end of one task.
    async fn cancel(&self, id: TaskId) -> Result<CancelOutcome> {
        let outcomes = self.cancel_all(&[id]).await?;
        Ok(outcomes.first().copied().unwrap_or(CancelOutcome::NotFound))
    }

    /// Makes failed (dead letters as well), stalled, cancelled and dropped tasks wait again, at the tails of their
    /// lanes; with `only_dead` dead letters only. Their history stays and attempt numbers go on; a wish for their end, their lost workers, and their
    /// expiry are over. Sent again with the same `request` it answers `Applied` again.
    async fn resubmit(&self, resubmit: &Resubmit) -> Result<Vec<AgainOutcome>>;

    /// Makes scheduled tasks (at most [`MAX_BATCH`]) wait, at the tails of their lanes, as if they were due.
    async fn hasten(&self, ids: &[TaskId]) -> Result<Vec<AgainOutcome>>;

    /// Removes ended tasks (at most [`MAX_BATCH`]), dead letters as well, with all that is known of them.
    async fn forget(&self, ids: &[TaskId]) -> Result<Vec<ForgetOutcome>>;

    /// Takes dead letters (at most [`MAX_BATCH`]) out of the dead letter queue: they are failed tasks like any other then.
    async fn discard(&self, ids: &[TaskId]) -> Result<Vec<DiscardOutcome>>;

    /// Cancels at most `limit` tasks ([`MAX_BATCH`] at the most) that have not started before they expired. A claim
    /// starts none of these either, also before this was called.
    async fn expire(&self, limit: usize) -> Result<Expired>;

    /// Moves due tasks, in order of their due times, to the tails of their lanes.
    async fn promote(&self, promote: &Promote) -> Result<Promoted>;

    /// Lists at most `limit` started tasks whose lease is over, for a decision. Lists none until one full lease
    /// has passed after the store was away.
    async fn overdue(&self, limit: usize) -> Result<Overdue>;

    /// Applies decisions on overdue tasks (at most [`MAX_BATCH`]). One applies only while token and end of the lease are
    /// what was decided on, and that is still over; none until one full lease has passed after the store was away.
    async fn reap(&self, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>>;

    /// One task, whole; none if the store does not know it.
    async fn get(&self, id: TaskId) -> Result<Option<Task>>;

    /// The store's clock; also says whether the store answers.
    async fn now(&self) -> Result<Timestamp>;
}
