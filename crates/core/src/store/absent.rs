//! Stands in for a store until its branch is merged.

use std::convert::Infallible;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::*;
use crate::model::{ProcessInfo, Registration, WorkerId};

#[derive(Debug)]
pub struct Absent(Infallible);

impl Absent {
    pub(super) fn open() -> Result<Self> {
        Err(StoreError::Broken { operation: "open", detail: "this store is not merged yet".to_owned() })
    }
}

#[async_trait]
impl TaskStore for Absent {
    async fn submit(&self, _: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
        match self.0 {}
    }
    async fn turn(&self, _: &Turn) -> Result<TurnReply> {
        match self.0 {}
    }
    async fn renew(&self, _: &Renewal) -> Result<RenewReply> {
        match self.0 {}
    }
    async fn cancel(&self, _: TaskId) -> Result<CancelOutcome> {
        match self.0 {}
    }
    async fn promote(&self, _: &Promote) -> Result<Promoted> {
        match self.0 {}
    }
    async fn overdue(&self, _: usize) -> Result<Overdue> {
        match self.0 {}
    }
    async fn reap(&self, _: &[Verdict]) -> Result<Vec<MoveOutcome>> {
        match self.0 {}
    }
    async fn get(&self, _: TaskId) -> Result<Option<Task>> {
        match self.0 {}
    }
    async fn now(&self) -> Result<Timestamp> {
        match self.0 {}
    }
}

#[async_trait]
impl Directory for Absent {
    async fn belong(&self, _: &str) -> Result<String> {
        match self.0 {}
    }
    async fn announce(&self, _: &ProcessInfo, _: Duration) -> Result<()> {
        match self.0 {}
    }
    async fn retire(&self, _: WorkerId) -> Result<()> {
        match self.0 {}
    }
    async fn live(&self) -> Result<Vec<Live>> {
        match self.0 {}
    }
    async fn register(&self, _: &[Registration]) -> Result<Vec<SchemaConflict>> {
        match self.0 {}
    }
    async fn catalogue(&self) -> Result<Vec<Registration>> {
        match self.0 {}
    }
}

#[async_trait]
impl Signals for Absent {
    async fn worker_signals(&self, _: WorkerId) -> Result<mpsc::Receiver<WorkerSignal>> {
        match self.0 {}
    }
    async fn moves(&self) -> Result<Moves> {
        match self.0 {}
    }
}
