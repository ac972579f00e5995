use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::reply::Reply;
use super::page::{Page, nothing};
use super::{filter_arguments, log, places};
use crate::model::Status;
use crate::store::{Cursor, List, Listed, Order, Result};

/// Entries of lanes that are read whole and sorted; also how many queues and lanes are looked at for them.
const FEW: u64 = 1_000;
const FEW_SETS: u64 = 500;

/// Tasks that wait, by submission: those of the lanes, if these are few, and else those of the log, where it is known
/// which chunks have any. Both are the same order, and a cursor is good for both.
pub(super) async fn list(store: &RedisStore, list: &List, limit: usize) -> Result<Listed> {
    let arguments = Arguments::default()
        .with("filter", filter_arguments(&list.filter))
        .with("most", FEW)
        .with("most_sets", FEW_SETS);
    let answer = store.step("list", &store.scripts.list_lanes, arguments, &[]).await?;
    if answer == redis::Value::Nil {
        return log::list(store, list, limit, Some(Status::Submitted)).await;
    }
    let is_behind = |place: u64| match (&list.after, list.order) {
        (None, _) => Some(true),
        (Some(Cursor::Submission(number)), Order::NewestFirst) => Some(place < *number),
        (Some(Cursor::Submission(number)), Order::OldestFirst) => Some(place > *number),
        (Some(Cursor::Time(..) | Cursor::Own(_)), _) => None,
    };
    if is_behind(0).is_none() {
        return Ok(nothing());
    }
    let mut reply = Reply::new("list", answer)?;
    let mut page = Page::new(limit);
    page.look_at(reply.size()?);
    let mut ids = Vec::new();
    while !reply.is_empty() {
        ids.push(reply.id()?);
    }
    page.look_at(ids.len());
    let mut tasks = places(store, &list.filter, Status::Submitted, &ids).await?;
    tasks.retain(|(place, _)| is_behind(*place) == Some(true));
    tasks.sort_unstable();
    // A lane may have an older, dead entry of a task.
    tasks.dedup();
    if list.order == Order::NewestFirst {
        tasks.reverse();
    }
    let more = tasks.len() > limit;
    tasks.truncate(limit);
    let next = tasks.last().filter(|_| more).map(|(place, _)| Cursor::Submission(*place));
    for (place, id) in tasks {
        page.add(id, Cursor::Submission(place));
    }
    Ok(page.end(next))
}
