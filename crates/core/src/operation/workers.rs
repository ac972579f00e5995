//! Who is alive.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Catalogue, Operations, patience};
use crate::model::{ProcessKind, TaskType, WorkerId};
use crate::store::{Live, StoreError};

/// The task types that there are, and who can run them.
#[derive(Debug)]
pub struct Registered {
    pub catalogue: Arc<Catalogue>,
    /// Live workers that know the type, by id.
    pub workers: BTreeMap<TaskType, Vec<WorkerId>>,
}

impl Operations {
    /// Live workers and schedulers, the longest alive first.
    pub async fn workers(&self) -> Result<Vec<Live>, StoreError> {
        let mut live = patience::within("list workers", self.stores.tasks.live()).await?;
        live.sort_by_key(|live| (live.process.started_at, live.process.id));
        Ok(live)
    }

    /// Every task type that a worker ever registered, with the live workers that know it.
    pub async fn registered(&self) -> Result<Registered, StoreError> {
        let (catalogue, live) = tokio::try_join!(self.catalogue(), self.workers())?;
        let mut workers: BTreeMap<TaskType, Vec<WorkerId>> = BTreeMap::new();
        for process in live.into_iter().map(|live| live.process).filter(|process| process.kind == ProcessKind::Worker) {
            for task_type in process.types {
                workers.entry(task_type).or_default().push(process.id);
            }
        }
        workers.values_mut().for_each(|ids| ids.sort());
        Ok(Registered { catalogue, workers })
    }
}
