//! Lists of what runs. The sets of started tasks are in order of deadlines, which change with each renewal: so this list
//! is sorted here, as long as it is not too long.

use std::collections::HashMap;

use super::super::connection::RedisStore;
use super::super::keys;
use super::super::scripts::MAX_LOOKED_AT;
use super::super::statistics::{names, sizes};
use super::page::{Page, nothing};
use super::place::{At, Place, at};
use super::places;
use crate::model::{Status, TaskId, Timestamp};
use crate::store::{Cursor, Filter, List, Listed, MAX_EXAMINED, Result};

/// Tasks that are read whole and sorted.
const MOST_SORTED: u64 = 4_000;
/// Tasks that a scan may answer beyond what it was asked for: a small set is answered whole.
const MOST_SCANNED: usize = 200;

pub(super) async fn list(store: &RedisStore, list: &List, limit: usize) -> Result<Listed> {
    let mut page = Page::new(limit);
    let place = match &list.after {
        Some(Cursor::Submission(_)) => return Ok(nothing()),
        Some(Cursor::Own(bytes)) => match Place::read(bytes) {
            Some(place) => place,
            None => return Ok(nothing()),
        },
        Some(Cursor::Time(time, id)) => Place { bound: Some(at((*time, *id))), ..Place::default() },
        None => Place::default(),
    };
    let mut kinds = names(store, "list", "deadlines").await?;
    kinds.retain(|kind| admits(&list.filter, kind));
    kinds.sort_unstable();
    if !matches!(list.after, Some(Cursor::Own(_))) {
        let mut tasks = 0;
        for some in kinds.chunks(MAX_LOOKED_AT) {
            tasks += sizes(store, "list", some).await?.iter().sum::<u64>();
        }
        page.look_at(kinds.len());
        if tasks <= MOST_SORTED && tasks as usize + kinds.len() <= MAX_EXAMINED {
            return sorted(store, list, limit, &kinds, place.bound, page).await;
        }
    }
    in_turn(store, list, &kinds, place, page).await
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

/// One set after the other, in order of names; within a set in an order that only Redis understands. A task that runs
/// all the time is listed once, unless Redis resizes the set's table between two pages: then it may come twice.
async fn in_turn(
    store: &RedisStore,
    list: &List,
    kinds: &[String],
    mut place: Place,
    mut page: Page,
) -> Result<Listed> {
    for kind in kinds {
        let is_behind = *kind > place.set || (*kind == place.set && place.after.is_some());
        if !is_behind {
            continue;
        }
        if *kind != place.set {
            place = Place { set: kind.clone(), after: Some(NOTHING), scan: 0, ..place };
        }
        loop {
            if page.is_over_beside(MOST_SCANNED) {
                return Ok(page.end(Some(place.cursor())));
            }
            let count = page.budget().min(page.room().max(10));
            let (next, ids) = scan(store, kind, place.scan, count).await?;
            page.look_at(ids.len().max(1));
            let mut tasks = places(store, &list.filter, Status::Started, &ids).await?;
            // What the cursor leads to may change its order, but not what is in it.
            tasks.sort_unstable_by_key(|(_, id)| *id);
            tasks.retain(|task| place.bound.is_none_or(|bound| *task < bound));
            tasks.retain(|(_, id)| place.after.is_none_or(|(_, after)| *id > after));
            for (time, id) in tasks {
                if page.room() == 0 {
                    return Ok(page.end(Some(place.cursor())));
                }
                place.after = Some((time, id));
                page.add(id, place.cursor());
            }
            place = Place { after: Some(NOTHING), scan: next, ..place };
            if next == 0 {
                place.after = None;
                break;
            }
        }
    }
    Ok(page.end(None))
}

/// Before all that a scan finds.
const NOTHING: At = (0, TaskId::from_bytes([0; TaskId::LEN]));

/// A few members of the set, and the cursor of the next ones, 0 at the end.
async fn scan(store: &RedisStore, kind: &str, cursor: u64, count: usize) -> Result<(u64, Vec<TaskId>)> {
    let mut pipeline = redis::pipe();
    pipeline.cmd("ZSCAN").arg(key(store, kind)).arg(cursor).arg("COUNT").arg(count);
    let ((next, members),): ((u64, HashMap<Vec<u8>, f64>),) = store.pipeline("list", &pipeline).await?;
    Ok((next, members.keys().filter_map(|id| task_id(id)).collect()))
}

fn key(store: &RedisStore, kind: &str) -> String {
    format!("{}started:{kind}", store.keys.partition())
}

fn task_id(bytes: &[u8]) -> Option<TaskId> {
    bytes.try_into().ok().map(TaskId::from_bytes)
}
