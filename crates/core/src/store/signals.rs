use async_trait::async_trait;
use tokio::sync::mpsc;

use super::Result;
use crate::model::{Status, TaskId, WorkerId};

/// Messages that only speed things up: each may be lost, come twice or come for nothing.
#[async_trait]
pub trait Signals: Send + Sync {
    /// What concerns one worker. Starts with both signals, and repeats them after a lost connection.
    async fn worker_signals(&self, worker: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>>;

    /// Which tasks changed their status. A slow reader gets [`Moved::Resync`] in place of what it missed.
    async fn moves(&self) -> Result<Moves>;

    /// Tells every process of the installation that queues or roles have changed.
    async fn tell_routing_changed(&self) -> Result<()>;

    /// A message when queues or roles may have changed. Starts with one, and repeats it after a lost connection; several may
    /// become one.
    async fn routing_changes(&self) -> Result<RoutingChanges>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerSignal {
    /// There may be something to claim.
    Claim,
    /// One of its tasks is to be cancelled, or was taken away: renew, and the answer tells.
    Renew,
    /// It is asked to drain.
    Drain,
}

pub type RoutingChanges = mpsc::Receiver<()>;

pub type Moves = mpsc::Receiver<Moved>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The task has this status now; `Unsubmitted` if it was removed.
    Task(TaskId, Status),
    /// Messages were missed: look at what you wait for.
    Resync,
}
