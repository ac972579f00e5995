//! Lists by time: of ended and of scheduled tasks, which are in sets of that order.

use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::reply::Reply;
use super::names::{NAMES_AT_ONCE, Set, few, names, set};
use super::page::{Page, nothing};
use super::place::{At, Place, Within, at};
use super::{filter_arguments, with_place};
use crate::model::{Status, TaskId, Timestamp};
use crate::store::{Cursor, List, Listed, Result};

pub(super) async fn list(store: &RedisStore, list: &List, limit: usize, status: Status) -> Result<Listed> {
    let mut page = Page::new(limit);
    let bound = match &list.after {
        Some(Cursor::Own(bytes)) => match Place::read(bytes) {
            Some(Place { bound, within: Within::Sets(set, after) }) => {
                return in_turn(store, list, status, Turn { bound, set, after }, page).await;
            }
            _ => return Ok(nothing()),
        },
        Some(Cursor::Submission(_)) => return Ok(nothing()),
        Some(Cursor::Time(time, id)) => Some(at(*time, *id)),
        None => None,
    };
    match few(store, &list.filter, status, &mut page).await? {
        Some(sets) => merged(store, list, status, &sets, bound, page).await,
        None => in_turn(store, list, status, Turn { bound, set: String::new(), after: None }, page).await,
    }
}

/// How far a list is that goes through its sets in turn.
#[derive(Debug, Clone)]
struct Turn {
    bound: Option<At>,
    /// The set that it is at, or behind if `after` is none.
    set: String,
    after: Option<At>,
}

impl Turn {
    fn cursor(self) -> Cursor {
        Place { bound: self.bound, within: Within::Sets(self.set, self.after) }.cursor()
    }
}

/// All sets as one list.
async fn merged(
    store: &RedisStore,
    list: &List,
    status: Status,
    sets: &[Set],
    mut behind: Option<At>,
    mut page: Page,
) -> Result<Listed> {
    if sets.is_empty() {
        return Ok(page.end(None));
    }
    loop {
        let budget = page.budget_beside(sets.len());
        let arguments = arguments(list, status, sets, page.room(), budget).with("merge", true);
        let read = read(store, with_place(arguments, "behind", behind)).await?;
        page.look_at(read.looked);
        behind = read.last.or(behind);
        for (time, id, _) in read.found {
            page.add(id, Cursor::Time(Timestamp::from_millis(time), id));
        }
        if !read.more {
            return Ok(page.end(None));
        }
        if page.is_over_beside(sets.len()) {
            return Ok(page.end(behind.map(|(time, id)| Cursor::Time(Timestamp::from_millis(time), id))));
        }
    }
}

/// One set after the other, in order of names.
async fn in_turn(store: &RedisStore, list: &List, status: Status, mut turn: Turn, mut page: Page) -> Result<Listed> {
    loop {
        if page.is_over_beside(NAMES_AT_ONCE) {
            return Ok(page.end(Some(turn.cursor())));
        }
        let names = names(store, &list.filter, status, &turn.set, turn.after.is_some()).await?;
        page.look_at(names.len());
        let is_end = names.len() < NAMES_AT_ONCE;
        let last = names.last().cloned();
        let sets: Vec<_> = names.into_iter().filter_map(|name| set(name, &list.filter, status)).collect();
        let mut rest = &sets[..];
        while !rest.is_empty() {
            if page.is_over() {
                return Ok(page.end(Some(turn.cursor())));
            }
            // The set may have gone meanwhile.
            let first = turn.after.filter(|_| rest[0].name == turn.set).or(turn.bound);
            let arguments = arguments(list, status, rest, page.room(), page.budget()).with("merge", false);
            let arguments = with_place(arguments, "first", first);
            let read = read(store, with_place(arguments, "behind", turn.bound)).await?;
            page.look_at(read.looked);
            for (time, id, number) in read.found {
                let Some(set) = number.checked_sub(1).and_then(|index| rest.get(index)) else { continue };
                let here = Turn { set: set.name.clone(), after: Some((time, id)), ..turn };
                page.add(id, here.cursor());
            }
            let done = if read.more { read.set.saturating_sub(1) } else { read.set };
            if let Some(set) = done.checked_sub(1).and_then(|index| rest.get(index)) {
                turn = Turn { set: set.name.clone(), after: None, ..turn };
            }
            rest = rest.get(done..).unwrap_or_default();
            if let (true, Some(set), Some(after)) = (read.more, rest.first(), read.last) {
                turn = Turn { set: set.name.clone(), after: Some(after), ..turn };
            }
        }
        match last {
            Some(last) if !is_end => turn = Turn { set: last, after: None, ..turn },
            _ => return Ok(page.end(None)),
        }
    }
}

/// What a script has read.
struct Read {
    looked: usize,
    more: bool,
    /// Number of the set that was looked at last, from 1 on.
    set: usize,
    last: Option<At>,
    found: Vec<(u64, TaskId, usize)>,
}

async fn read(store: &RedisStore, arguments: Arguments) -> Result<Read> {
    let mut reply = Reply::new("list", store.step("list", &store.scripts.list_sets, arguments, &[]).await?)?;
    let (looked, more, set) = (reply.size()?, reply.number()? == 1, reply.size()?);
    let (time, id) = (reply.maybe_number()?, reply.maybe_id()?);
    let mut found = Vec::new();
    while !reply.is_empty() {
        let id = reply.id()?;
        found.push((reply.number()?, id, reply.size()?));
    }
    Ok(Read { looked, more, set, last: time.zip(id), found })
}

fn arguments(list: &List, status: Status, sets: &[Set], limit: usize, budget: usize) -> Arguments {
    Arguments::default()
        .with("filter", filter_arguments(&list.filter))
        .with("state", [status.code()])
        .with("sets", sets.iter().map(|set| set.key.clone()).collect::<Vec<_>>())
        .with("newest_first", status != Status::Scheduled)
        .with("limit", limit as u64)
        .with("budget", budget as u64)
}
