//! Groups of dead letters whose errors are alike: see `lua/groups.lua`.

use std::cmp::Reverse;
use std::collections::HashSet;

use bytes::{Buf, Bytes};

use super::codec::msgpack;
use super::connection::RedisStore;
use super::keys;
use super::statistics::ending_names;
use crate::model::{ErrorGroup, TaskType, Timestamp};
use crate::store::{Errors, Result};

/// Groups that are read at once, about.
const GROUPS_AT_ONCE: usize = 500;

pub(super) async fn errors(store: &RedisStore, errors: &Errors) -> Result<Vec<ErrorGroup>> {
    let mut groups = Vec::new();
    let mut behind = String::new();
    loop {
        let names = ending_names(store, "errors", &behind).await?;
        let Some(last) = names.last() else { return Ok(groups) };
        behind = last.clone();
        for kind in names.iter().filter_map(|name| name.strip_suffix(":dead")) {
            let Some((queue, task_type)) = keys::parse_kind(kind) else { continue };
            if is_wanted(errors, &queue, &task_type) {
                read(store, kind, &queue, &task_type, errors.limit, &mut groups).await?;
            }
        }
    }
}

fn is_wanted(errors: &Errors, queue: &str, task_type: &TaskType) -> bool {
    errors.queue.as_ref().is_none_or(|wanted| wanted == queue)
        && errors.name.as_ref().is_none_or(|wanted| *wanted == task_type.name)
        && errors.version.is_none_or(|wanted| wanted == task_type.version)
}

/// Reads the groups of a kind, and keeps the largest ones of all that were read.
async fn read(
    store: &RedisStore,
    kind: &str,
    queue: &str,
    task_type: &TaskType,
    limit: usize,
    groups: &mut Vec<ErrorGroup>,
) -> Result<()> {
    let mut cursor = 0_u64;
    let mut seen = HashSet::new();
    loop {
        let mut pipeline = redis::pipe();
        let key = format!("{}errors:{kind}", store.keys.partition());
        pipeline.cmd("HSCAN").arg(key).arg(cursor).arg("COUNT").arg(GROUPS_AT_ONCE);
        let ((next, found),): ((u64, Vec<Bytes>),) = store.pipeline("errors", &pipeline).await?;
        for field in found.chunks_exact(2) {
            // A scan may answer a field twice, and its count may have changed meanwhile.
            if seen.insert(field[0].clone()) {
                groups.extend(group(field[1].clone(), queue, task_type));
            }
        }
        groups.sort_by(|a, b| order(a).cmp(&order(b)));
        groups.truncate(limit);
        cursor = next;
        if cursor == 0 {
            return Ok(());
        }
    }
}

/// The largest first, then the newest.
fn order(group: &ErrorGroup) -> (Reverse<u64>, Reverse<Timestamp>, &str, &TaskType, &str, &str) {
    let ErrorGroup { queue, task_type, kind, count, last, first: _ } = group;
    (Reverse(*count), Reverse(*last), queue, task_type, &kind.error_type, &kind.message)
}

/// As `lua/groups.lua` packs it.
fn group(mut bytes: Bytes, queue: &str, task_type: &TaskType) -> Option<ErrorGroup> {
    if bytes.len() < 4 + 6 + 6 {
        return None;
    }
    let count = bytes.get_u32().into();
    let first = Timestamp::from_millis(bytes.get_uint(6));
    let last = Timestamp::from_millis(bytes.get_uint(6));
    let kind = msgpack::decode_error_kind(&bytes)?;
    Some(ErrorGroup { queue: queue.to_owned(), task_type: task_type.clone(), kind, count, first, last })
}
