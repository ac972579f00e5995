use std::time::Duration;

use async_trait::async_trait;

use super::Result;
use crate::model::{ProcessInfo, Registration, TaskType, Timestamp, WorkerId};

/// Who is alive, and what task types there are.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Checks that the store fits this program, and answers the id of the installation that it belongs to:
    /// `installation` from now on, if it belonged to none.
    async fn belong(&self, installation: &str) -> Result<String>;

    /// Says that a worker or scheduler is alive for `ttl` from now on, and what it says of itself; answers what is
    /// asked of it.
    async fn announce(&self, process: &ProcessInfo, ttl: Duration) -> Result<Announced>;

    /// Asks a live worker to drain: it learns of it by [`WorkerSignal::Drain`](super::WorkerSignal) or, at the latest,
    /// when it announces itself next. Answers whether a worker of this id is alive.
    async fn drain(&self, id: WorkerId) -> Result<bool>;

    /// Says that it has ended in good order.
    async fn retire(&self, id: WorkerId) -> Result<()>;

    /// Who is alive.
    async fn live(&self) -> Result<Vec<Live>>;

    /// Publishes task types: into the catalogue (the newest registration wins) and their policies for later steps.
    /// Answers which of them had another parameter schema before.
    async fn register(&self, types: &[Registration]) -> Result<Vec<SchemaConflict>>;

    /// All task types that a worker ever registered, by name and version.
    async fn catalogue(&self) -> Result<Vec<Registration>>;
}

/// What is asked of a process that has announced itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Announced {
    /// It shall drain: claim nothing more, let its attempts end, and exit.
    pub drain: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    pub process: ProcessInfo,
    pub last_seen: Timestamp,
}

/// A task type that was registered with another parameter schema before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaConflict {
    pub task_type: TaskType,
}
