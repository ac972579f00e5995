use std::ops::RangeInclusive;

use async_trait::async_trait;
use jobbers_core::model::{ErrorGroup, RateLimit, Task, TaskId};
use jobbers_core::store::{
    Errors, List, Listed, Lists, MinuteTally, QueueCounts, Result, Standing, Statistics, WaitingType,
};

use super::OracleStore;

#[async_trait]
impl Lists for OracleStore {
    async fn list(&self, list: &List) -> Result<Listed> {
        Ok(self.state().model.list(list))
    }

    async fn tasks(&self, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
        let state = self.state();
        let mut tasks: Vec<Option<Task>> = Vec::new();
        let mut bytes = 0;
        for id in ids {
            let task = state.model.get(*id).cloned();
            bytes += task.as_ref().map_or(0, size);
            if bytes > most_bytes && !tasks.is_empty() {
                break;
            }
            tasks.push(task);
        }
        Ok(tasks)
    }
}

#[async_trait]
impl Statistics for OracleStore {
    async fn counts(&self) -> Result<Vec<QueueCounts>> {
        Ok(self.state().model.counts())
    }

    async fn tallies(&self, minutes: RangeInclusive<u64>) -> Result<Vec<MinuteTally>> {
        Ok(self.state().model.tallies(&minutes))
    }

    async fn waiting(&self) -> Result<Vec<WaitingType>> {
        Ok(self.state().model.waiting())
    }

    async fn errors(&self, errors: &Errors) -> Result<Vec<ErrorGroup>> {
        Ok(self.state().model.errors(errors))
    }

    async fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Result<Option<Standing>> {
        Ok(self.state().model.standing(id, rate))
    }
}

/// What may be large in a task.
fn size(task: &Task) -> usize {
    let optional = |bytes: &Option<bytes::Bytes>| bytes.as_ref().map_or(0, bytes::Bytes::len);
    let errors = task.attempts.iter().map(|end| end.detail.error.len());
    task.parameters.len() + optional(&task.metadata) + optional(&task.result) + errors.sum::<usize>()
}
