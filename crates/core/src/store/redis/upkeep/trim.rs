use super::super::connection::RedisStore;
use super::super::reply::Reply;
use super::arguments;
use crate::store::{Cursor, Result, Trim, Trimmed};

/// What is between the queue and the field in a cursor: neither has it, but a queue that stands for the place behind another.
const BETWEEN: u8 = b'\n';

pub(super) async fn trim(store: &RedisStore, trim: &Trim) -> Result<Trimmed> {
    let mut arguments = arguments(&trim.sweep);
    for (name, bound) in [("since", trim.since), ("up_to", trim.until)] {
        if let Some(bound) = bound {
            arguments = arguments.with(name, bound.as_millis());
        }
    }
    if let Some((queue, field)) = trim.sweep.after.as_ref().and_then(read) {
        arguments = arguments.with("from", (queue, field));
    }
    let mut reply = Reply::new("trim", store.step("trim", &store.scripts.trim, arguments, &[]).await?)?;
    let (now, gone, dead) = (reply.time()?, reply.size()?, reply.size()?);
    let next = match reply.maybe_list()? {
        Some(mut place) => Some(cursor(&place.bytes()?, &place.bytes()?)),
        None => None,
    };
    Ok(Trimmed { now, gone, dead, next })
}

fn cursor(queue: &[u8], field: &[u8]) -> Cursor {
    Cursor::Own([queue, &[BETWEEN], field].concat())
}

fn read(cursor: &Cursor) -> Option<(&[u8], &[u8])> {
    let Cursor::Own(bytes) = cursor else { return None };
    let at = bytes.iter().position(|byte| *byte == BETWEEN)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}
