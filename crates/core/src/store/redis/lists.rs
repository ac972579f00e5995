use std::ops::RangeInclusive;

use async_trait::async_trait;

use super::RedisStore;
use crate::model::{Task, TaskId};
use crate::store::{List, Listed, Lists, MinuteTally, QueueCounts, Result, Statistics, StoreError};

#[async_trait]
impl Lists for RedisStore {
    async fn list(&self, _list: &List) -> Result<Listed> {
        Err(StoreError::Broken { operation: "list", detail: "is not laid out yet".into() })
    }

    async fn tasks(&self, _ids: &[TaskId], _most_bytes: usize) -> Result<Vec<Option<Task>>> {
        Err(StoreError::Broken { operation: "tasks", detail: "is not laid out yet".into() })
    }
}

#[async_trait]
impl Statistics for RedisStore {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        Err(StoreError::Broken { operation: "counts", detail: "is not laid out yet".into() })
    }

    async fn tallies(&self, _minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        Err(StoreError::Broken { operation: "tallies", detail: "is not laid out yet".into() })
    }
}
