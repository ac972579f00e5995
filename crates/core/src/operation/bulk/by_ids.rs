use std::collections::HashSet;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::super::Operations;
use super::super::patience::Pulse;
use super::{Done, Error, Wish};
use crate::model::TaskId;
use crate::store::{MAX_BATCH, StoreError};

/// Steps on their way at once.
pub(in super::super) const IN_FLIGHT: usize = 4;

impl Operations {
    /// The same wish for these tasks (at most [`MAX_IDS`](super::MAX_IDS)), each answered once, in the order in which
    /// they come first. A rehearsal changes nothing and says what would be.
    pub async fn wish_for(&self, wish: Wish, ids: &[TaskId], rehearsal: bool) -> Result<Vec<Done>, Error> {
        let ids = each_once(ids);
        let pulse = &Pulse::begin(Duration::ZERO);
        let gone = &self.gone_for(wish).await?;
        let steps = ids.chunks(MAX_BATCH).map(|step| async move {
            match rehearsal {
                true => self.foresee_step(wish, gone, step).await,
                false => self.wish_step(wish, gone, step, pulse).await,
            }
        });
        let steps: Vec<_> = steps.collect();
        let many = steps.len() > 1;
        let done: Vec<Vec<Done>> =
            stream::iter(steps).buffered(IN_FLIGHT).try_collect().await.map_err(|source| match rehearsal {
                true => Error::Store(source),
                false => of_step(source, ids.len(), many),
            })?;
        let done: Vec<Done> = done.into_iter().flatten().collect();
        tracing::info!(event = "bulk", wish = wish.name(), rehearsal, tasks = done.len());
        Ok(done)
    }
}

/// Why one of the steps for these tasks has no answer: where there are many, others may have been taken.
pub(in super::super) fn of_step(source: StoreError, tasks: usize, many: bool) -> Error {
    match source {
        StoreError::Unavailable { .. } | StoreError::Full { .. } if many => Error::Amid { tasks, source },
        source => Error::Store(source),
    }
}

pub(in super::super) fn each_once(ids: &[TaskId]) -> Vec<TaskId> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.iter().copied().filter(|id| seen.insert(*id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_stays_where_it_comes_first() {
        let id = |n| TaskId::from_parts(0, n);
        assert_eq!(each_once(&[id(3), id(1), id(3), id(2), id(1)]), [id(3), id(1), id(2)]);
    }
}
