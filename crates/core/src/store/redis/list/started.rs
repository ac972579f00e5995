//! Lists of what runs. The sets of started tasks are in order of deadlines, which change with each renewal: so this list
//! is sorted here, as long as it is not too long. Beyond that it is in order of submission.

use super::super::connection::RedisStore;
use super::super::keys;
use super::super::scripts::MAX_LOOKED_AT;
use super::super::statistics::{names, sizes};
use super::log::{Part, walk};
use super::page::{Page, nothing};
use super::place::{At, Place, Within, at};
use super::places;
use crate::model::{Status, TaskId, Timestamp};
use crate::store::{Cursor, Filter, List, Listed, MAX_EXAMINED, Order, Result};

/// Tasks that are read whole and sorted.
const MOST_SORTED: u64 = 4_000;

pub(super) async fn list(store: &RedisStore, list: &List, limit: usize) -> Result<Listed> {
    let mut page = Page::new(limit);
    let bound = match &list.after {
        Some(Cursor::Own(bytes)) => match Place::read(bytes) {
            Some(Place { bound, within: Within::Log(behind) }) => {
                return by_submission(store, list, bound, Some(behind), page).await;
            }
            _ => return Ok(nothing()),
        },
        Some(Cursor::Submission(_)) => return Ok(nothing()),
        Some(Cursor::Time(time, id)) => Some(at(*time, *id)),
        None => None,
    };
    let mut kinds = names(store, "list", "deadlines").await?;
    kinds.retain(|kind| admits(&list.filter, kind));
    let mut tasks = 0;
    for some in kinds.chunks(MAX_LOOKED_AT) {
        tasks += sizes(store, "list", some).await?.iter().sum::<u64>();
    }
    page.look_at(kinds.len());
    if tasks <= MOST_SORTED && page.budget_beside(MOST_SORTED as usize) > 0 {
        return sorted(store, list, limit, &kinds, bound, page).await;
    }
    by_submission(store, list, bound, None, Page::new(limit)).await
}

/// Too many to be sorted: in the order in which they were submitted, newest first.
async fn by_submission(
    store: &RedisStore,
    list: &List,
    bound: Option<At>,
    behind: Option<u64>,
    page: Page,
) -> Result<Listed> {
    let part = Part { status: Some(Status::Started), order: Order::NewestFirst, bound };
    let cursor = |number| Place { bound, within: Within::Log(number) }.cursor();
    walk(store, list, part, behind, page, cursor).await
}

fn admits(filter: &Filter, kind: &str) -> bool {
    keys::parse_kind(kind).is_some_and(|(queue, task_type)| {
        filter.queue.as_ref().is_none_or(|wanted| *wanted == queue)
            && filter.name.as_ref().is_none_or(|wanted| *wanted == task_type.name)
            && filter.version.is_none_or(|wanted| wanted == task_type.version)
    })
}

/// All of it, newest first.
async fn sorted(
    store: &RedisStore,
    list: &List,
    limit: usize,
    kinds: &[String],
    bound: Option<At>,
    mut page: Page,
) -> Result<Listed> {
    let mut ids = Vec::new();
    for some in kinds.chunks(MAX_LOOKED_AT) {
        let mut pipeline = redis::pipe();
        for kind in some {
            pipeline.cmd("ZRANGE").arg(key(store, kind)).arg(0).arg(MAX_EXAMINED);
        }
        let found: Vec<Vec<Vec<u8>>> = store.pipeline("list", &pipeline).await?;
        ids.extend(found.iter().flatten().filter_map(|id| task_id(id)));
    }
    page.look_at(ids.len());
    let mut tasks = places(store, &list.filter, Status::Started, &ids).await?;
    tasks.retain(|task| bound.is_none_or(|bound| *task < bound));
    tasks.sort_unstable_by(|a, b| b.cmp(a));
    let more = tasks.len() > limit;
    tasks.truncate(limit);
    let cursor = |(time, id): &At| Cursor::Time(Timestamp::from_millis(*time), *id);
    let next = tasks.last().filter(|_| more).map(cursor);
    for task in &tasks {
        page.add(task.1, cursor(task));
    }
    Ok(page.end(next))
}

fn key(store: &RedisStore, kind: &str) -> String {
    format!("{}started:{kind}", store.keys.partition())
}

fn task_id(bytes: &[u8]) -> Option<TaskId> {
    bytes.try_into().ok().map(TaskId::from_bytes)
}
