use std::ops::RangeInclusive;

use async_trait::async_trait;

use super::SqliteStore;
use super::get;
use super::groups;
use super::listing;
use super::rank;
use super::statistics;
use super::steps::check;
use crate::model::{ErrorGroup, RateLimit, Task, TaskId};
use crate::store::{
    Errors, List, Listed, Lists, MAX_LISTED, MinuteTally, QueueCounts, Result, Standing, Statistics, WaitingType,
};

#[async_trait]
impl Lists for SqliteStore {
    async fn list(&self, list: &List) -> Result<Listed> {
        let mut db = self.reader("list").await?;
        listing::list(&mut db, list).await.map_err(self.error("list"))
    }

    async fn tasks(&self, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
        check("tasks", "ids", ids.len(), MAX_LISTED)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut db = self.reader("tasks").await?;
        get::tasks(&mut db, ids, most_bytes).await.map_err(self.error("tasks"))
    }
}

#[async_trait]
impl Statistics for SqliteStore {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        let mut db = self.reader("counts").await?;
        statistics::counts(&mut db).await.map_err(self.error("counts"))
    }

    async fn tallies(&self, minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        let mut db = self.reader("tallies").await?;
        statistics::tallies(&mut db, &minutes).await.map_err(self.error("tallies"))
    }

    async fn waiting(&self) -> Result<Vec<WaitingType>> {
        let mut db = self.reader("waiting").await?;
        statistics::waiting(&mut db).await.map_err(self.error("waiting"))
    }

    async fn errors(&self, errors: &Errors) -> Result<Vec<ErrorGroup>> {
        let mut db = self.reader("errors").await?;
        groups::largest(&mut db, errors).await.map_err(self.error("errors"))
    }

    async fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>> {
        let mut db = self.reader("standing").await?;
        rank::standing(&mut db, self.inner.clock.now(), id, rate).await.map_err(self.error("standing"))
    }
}
