//! Lists by time: of ended and of scheduled tasks, which are in sets of that order.

use super::super::codec::arguments::Arguments;
use super::super::connection::RedisStore;
use super::super::keys;
use super::super::reply::Reply;
use super::filter_arguments;
use super::page::{Page, nothing};
use super::place::{At, Place, at};
use crate::model::{Status, TaskId, Timestamp};
use crate::store::{Cursor, Filter, List, Listed, Result};

/// Sets that are merged into one list; of more, one comes after the other.
const MOST_MERGED: usize = 400;
/// Names of sets that are read at once.
const NAMES_AT_ONCE: usize = 500;

/// A set: its name among those that it is known through, and its key behind what all keys begin with.
struct Set {
    name: String,
    key: String,
}

pub(super) async fn list(store: &RedisStore, list: &List, limit: usize, status: Status) -> Result<Listed> {
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
    if !matches!(list.after, Some(Cursor::Own(_)))
        && let Some(sets) = few(store, &list.filter, status, &mut page).await?
    {
        return merged(store, list, status, &sets, place.bound, page).await;
    }
    in_turn(store, list, status, place, page).await
}

/// All sets of the list, if they are few enough.
async fn few(store: &RedisStore, filter: &Filter, status: Status, page: &mut Page) -> Result<Option<Vec<Set>>> {
    if status == Status::Scheduled && filter.queue.is_none() {
        // There are few queues that have any, however many there are.
        let mut pipeline = redis::pipe();
        pipeline.cmd("ZRANGE").arg(format!("{}dues", store.keys.partition())).arg(0).arg(MOST_MERGED);
        let (queues,): (Vec<String>,) = store.pipeline("list", &pipeline).await?;
        let sets: Vec<_> = queues.into_iter().map(scheduled).collect();
        return Ok((sets.len() <= MOST_MERGED).then_some(sets));
    }
    let mut sets = Vec::new();
    let mut behind = String::new();
    while sets.len() <= MOST_MERGED && page.examined() < 4 * NAMES_AT_ONCE {
        let names = names(store, filter, status, &behind, false).await?;
        page.look_at(names.len());
        let is_end = names.len() < NAMES_AT_ONCE;
        behind = names.last().cloned().unwrap_or_default();
        sets.extend(names.into_iter().filter_map(|name| set(name, filter, status)));
        if is_end {
            return Ok((sets.len() <= MOST_MERGED).then_some(sets));
        }
    }
    Ok(None)
}

/// Names of sets, some of which may be of the list, in order.
async fn names(
    store: &RedisStore,
    filter: &Filter,
    status: Status,
    from: &str,
    inclusive: bool,
) -> Result<Vec<String>> {
    let is_scheduled = status == Status::Scheduled;
    // The sign behind `:` is `;`, and the one behind `@` is `A`.
    let (first, behind) = match (&filter.queue, &filter.name, filter.version) {
        (Some(queue), _, _) if is_scheduled => {
            let queue = keys::escape(queue);
            (format!("[{queue}"), format!("[{queue}"))
        }
        (None, _, _) => ("-".to_owned(), "+".to_owned()),
        (Some(queue), None, _) => between(&keys::escape(queue), ':', ';'),
        (Some(queue), Some(name), None) => {
            between(&format!("{}:{}", keys::escape(queue), keys::escape(name)), '@', 'A')
        }
        (Some(queue), Some(name), Some(version)) => {
            between(&format!("{}:{}@{version}", keys::escape(queue), keys::escape(name)), ':', ';')
        }
    };
    let first = if from.is_empty() { first } else { format!("{}{from}", if inclusive { '[' } else { '(' }) };
    let index = if is_scheduled { "queues" } else { "endings" };
    let mut pipeline = redis::pipe();
    pipeline
        .cmd("ZRANGEBYLEX")
        .arg(format!("{}{index}", store.keys.partition()))
        .arg(first)
        .arg(behind)
        .arg("LIMIT")
        .arg(0)
        .arg(NAMES_AT_ONCE);
    let (names,): (Vec<String>,) = store.pipeline("list", &pipeline).await?;
    Ok(names)
}

fn between(beginning: &str, sign: char, next: char) -> (String, String) {
    (format!("[{beginning}{sign}"), format!("({beginning}{next}"))
}

/// The set of this name, if the filter lets any of its tasks through.
fn set(name: String, filter: &Filter, status: Status) -> Option<Set> {
    if status == Status::Scheduled {
        return Some(scheduled(name));
    }
    let (kind, of) = name.rsplit_once(':')?;
    let (_, task_type) = keys::parse_kind(kind)?;
    let is_dead = of == "dead";
    let is_wanted = (is_dead && status == Status::Failed || of == status.as_str() && !filter.dead)
        && filter.name.as_ref().is_none_or(|name| *name == task_type.name)
        && filter.version.is_none_or(|version| version == task_type.version);
    let key = if is_dead { format!("dead:{kind}") } else { format!("ended:{name}") };
    is_wanted.then_some(Set { name, key })
}

fn scheduled(queue: String) -> Set {
    Set { key: format!("scheduled:{queue}"), name: queue }
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
async fn in_turn(store: &RedisStore, list: &List, status: Status, mut place: Place, mut page: Page) -> Result<Listed> {
    loop {
        if page.is_over_beside(NAMES_AT_ONCE) {
            return Ok(page.end(Some(place.cursor())));
        }
        let names = names(store, &list.filter, status, &place.set, place.after.is_some()).await?;
        page.look_at(names.len());
        let is_end = names.len() < NAMES_AT_ONCE;
        let last = names.last().cloned();
        let sets: Vec<_> = names.into_iter().filter_map(|name| set(name, &list.filter, status)).collect();
        let mut rest = &sets[..];
        while !rest.is_empty() {
            if page.is_over() {
                return Ok(page.end(Some(place.cursor())));
            }
            // The set may have gone meanwhile.
            let first = place.after.filter(|_| rest[0].name == place.set).or(place.bound);
            let arguments = arguments(list, status, rest, page.room(), page.budget()).with("merge", false);
            let arguments = with_place(arguments, "first", first);
            let read = read(store, with_place(arguments, "behind", place.bound)).await?;
            page.look_at(read.looked);
            for (time, id, number) in read.found {
                let Some(set) = number.checked_sub(1).and_then(|index| rest.get(index)) else { continue };
                let here = Place { set: set.name.clone(), after: Some((time, id)), ..place.clone() };
                page.add(id, here.cursor());
            }
            let done = if read.more { read.set.saturating_sub(1) } else { read.set };
            if let Some(set) = done.checked_sub(1).and_then(|index| rest.get(index)) {
                place = Place { set: set.name.clone(), after: None, ..place };
            }
            rest = rest.get(done..).unwrap_or_default();
            if let (true, Some(set), Some(after)) = (read.more, rest.first(), read.last) {
                place = Place { set: set.name.clone(), after: Some(after), ..place };
            }
        }
        match last {
            Some(last) if !is_end => place = Place { set: last, after: None, ..place },
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

fn with_place(arguments: Arguments, name: &str, place: Option<At>) -> Arguments {
    match place {
        Some((time, id)) => arguments.with(name, (time, id.to_bytes())),
        None => arguments,
    }
}
