//! Asking a worker to end in good order.

use super::{Operations, patience};
use crate::model::{ProcessKind, WorkerId};
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no live worker {0}")]
    NotFound(WorkerId),
    #[error("{0} is a scheduler: only workers can be drained")]
    Scheduler(WorkerId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operations {
    /// Asks a worker to claim nothing more, let its attempts end, and exit. Asking again changes nothing.
    pub async fn drain(&self, id: WorkerId) -> Result<(), Error> {
        let both = async {
            let live = self.stores.tasks.live().await?;
            let kind = live.into_iter().find(|live| live.process.id == id).map(|live| live.process.kind);
            let asked = kind == Some(ProcessKind::Worker) && self.stores.tasks.drain(id).await?;
            Ok((kind, asked))
        };
        match patience::within("drain", both).await? {
            (Some(ProcessKind::Worker), true) => {
                tracing::info!(event = "drain_requested", worker = %id);
                Ok(())
            }
            (Some(ProcessKind::Scheduler), _) => Err(Error::Scheduler(id)),
            (Some(ProcessKind::Worker) | None, _) => Err(Error::NotFound(id)),
        }
    }
}
