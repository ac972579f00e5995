//! Lists. Each finds its entries in an index that is kept in its order (or, of what runs, few enough to be sorted), and
//! checks them on the heads of the records.

mod log;
mod names;
mod page;
mod place;
mod sets;
mod started;
mod waiting;

use async_trait::async_trait;

use super::codec::arguments::Arguments;
use super::connection::RedisStore;
use super::{get, ids, keys, reply::Reply};
use crate::model::{Status, Task, TaskId};
use crate::store::{Filter, List, Listed, Lists, MAX_LISTED, Result};

#[async_trait]
impl Lists for RedisStore {
    async fn list(&self, list: &List) -> Result<Listed> {
        let limit = list.limit.min(MAX_LISTED);
        if limit == 0 {
            return Ok(Listed { entries: Vec::new(), next: list.after.clone(), examined: 0 });
        }
        match list.filter.wanted_status() {
            None => log::list(self, list, limit, None).await,
            // A task that is not stored is in no list.
            Some(Status::Unsubmitted) => Ok(page::nothing()),
            Some(Status::Submitted) => waiting::list(self, list, limit).await,
            Some(Status::Started) => started::list(self, list, limit).await,
            Some(
                status @ (Status::Scheduled
                | Status::Completed
                | Status::Failed
                | Status::Cancelled
                | Status::Stalled
                | Status::Dropped),
            ) => sets::list(self, list, limit, status).await,
        }
    }

    async fn tasks(&self, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
        get::tasks(self, ids, most_bytes).await
    }
}

/// As `lua/filter.lua` takes it.
fn filter_arguments(filter: &Filter) -> Arguments {
    let mut arguments = Arguments::default();
    if let Some(queue) = &filter.queue {
        arguments = arguments.with("queue", keys::escape(queue));
    }
    if let Some(name) = &filter.name {
        arguments = arguments.with("name", keys::escape(name));
    }
    if let Some(version) = filter.version {
        arguments = arguments.with("version", version.to_string());
    }
    if let Some(worker) = filter.worker {
        arguments = arguments.with("worker", worker.to_bytes());
    }
    if let Some(since) = filter.since {
        arguments = arguments.with("since", since.as_millis());
    }
    if let Some(until) = filter.until {
        arguments = arguments.with("before", until.as_millis());
    }
    arguments
}

fn with_place(arguments: Arguments, name: &str, place: Option<place::At>) -> Arguments {
    match place {
        Some((time, id)) => arguments.with(name, (time, id.to_bytes())),
        None => arguments,
    }
}

/// Which of these tasks the filter lets through: where each is in the order, and its id.
async fn places(store: &RedisStore, filter: &Filter, status: Status, ids: &[TaskId]) -> Result<Vec<(u64, TaskId)>> {
    let mut places = Vec::new();
    for some in ids.chunks(super::scripts::MAX_LOOKED_AT) {
        let arguments = Arguments::default().with("filter", filter_arguments(filter)).with("state", [status.code()]);
        let answer = store.step("list", &store.scripts.list_heads, arguments, &ids::pack(some)).await?;
        let mut reply = Reply::new("list", answer)?;
        for id in some {
            if let Some(place) = reply.maybe_number()? {
                places.push((place, *id));
            }
        }
    }
    Ok(places)
}
