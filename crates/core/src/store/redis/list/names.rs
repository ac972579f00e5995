//! Which sets a list by time is about.

use super::super::connection::RedisStore;
use super::super::keys;
use super::page::Page;
use crate::model::Status;
use crate::store::{Filter, Result};

/// Sets that are merged into one list; of more, one comes after the other.
const MOST_MERGED: usize = 400;
/// Names of sets that are read at once.
pub(super) const NAMES_AT_ONCE: usize = 500;

/// A set: its name among those that it is known through, and its key behind what all keys begin with.
pub(super) struct Set {
    pub(super) name: String,
    pub(super) key: String,
}

/// All sets of the list, if they are few enough.
pub(super) async fn few(
    store: &RedisStore,
    filter: &Filter,
    status: Status,
    page: &mut Page,
) -> Result<Option<Vec<Set>>> {
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
pub(super) async fn names(
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
pub(super) fn set(name: String, filter: &Filter, status: Status) -> Option<Set> {
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
