use bytes::Bytes;

use super::codec::arguments::Arguments;
use super::codec::msgpack::Extra;
use super::connection::{RedisStore, broken};
use super::moves::{milliseconds, six_bytes};
use super::reply::Reply;
use super::submit_plain::submit_plain;
use super::{keys, record};
use crate::model::{NewTask, Status, Timestamp, When};
use crate::store::{Result, SubmitOutcome};

pub(super) async fn submit(store: &RedisStore, tasks: &[NewTask]) -> Result<Vec<SubmitOutcome>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(outcomes) = submit_plain(store, tasks).await? {
        return Ok(outcomes);
    }
    let packed = tasks.iter().map(pack).collect::<Result<Vec<_>>>()?;
    let answer = store.step("submit", &store.scripts.submit, Arguments::default(), &packed).await?;
    let mut reply = Reply::new("submit", answer)?;
    let submitted_at = reply.time()?;
    tasks.iter().map(|_| outcome(&mut reply, submitted_at)).collect()
}

fn outcome(reply: &mut Reply, submitted_at: Timestamp) -> Result<SubmitOutcome> {
    let word = reply.word()?;
    if let (b'K', Some(now)) = word {
        let (id, same) = reply.holder()?;
        return Ok(SubmitOutcome::SameKey { id, now, same });
    }
    let run_at = reply.maybe_time()?;
    match word {
        (b'S', Some(status @ (Status::Submitted | Status::Scheduled))) => {
            Ok(SubmitOutcome::Stored { status, submitted_at, run_at })
        }
        (b'E', Some(now)) => Ok(SubmitOutcome::Exists { now }),
        (b'C', Some(now)) => Ok(SubmitOutcome::Conflict { now }),
        other => Err(broken("submit", format!("unexpected answer {other:?}"))),
    }
}

fn pack(task: &NewTask) -> Result<Vec<u8>> {
    let (when, time) = match task.when {
        When::Now => (b'N', 0),
        When::At(time) => (b'A', time.as_millis()),
        When::After(delay) => (b'D', milliseconds(delay)),
    };
    let expires = expires(task);
    let key = task.idempotency_key.as_ref().map_or(&[][..], |key| &key[..]);
    let mut bytes = Vec::with_capacity(46 + body_size(task));
    bytes.extend_from_slice(&task.id.to_bytes());
    bytes.push(when);
    bytes.extend_from_slice(&six_bytes(time));
    bytes.extend_from_slice(&six_bytes(expires.unwrap_or(0)));
    bytes.push(if key.is_empty() { 0 } else { 16 });
    bytes.extend_from_slice(key);
    write_body(task, &lane(task), &mut bytes)?;
    Ok(bytes)
}

/// What expires at the very beginning of time has expired: 0 stands for never.
fn expires(task: &NewTask) -> Option<u64> {
    task.expires_at.map(|time| time.as_millis().max(1))
}

pub(super) fn lane(task: &NewTask) -> String {
    keys::lane(&task.queue, &task.task_type, task.priority)
}

/// About as many bytes as [`write_body`] writes.
pub(super) fn body_size(task: &NewTask) -> usize {
    const REST: usize = 80;
    REST + task.parameters.len() + task.metadata.as_ref().map_or(0, Bytes::len)
}

/// The record of the task behind its `sequence`.
pub(super) fn write_body(task: &NewTask, lane: &str, into: &mut Vec<u8>) -> Result<()> {
    let (metadata, trace_id) = (task.metadata.clone(), task.trace_id.clone());
    let extra = Extra { metadata, trace_id, expires_at: expires(task) }.encode();
    record::write_body(task.fingerprint, lane, &extra, &task.parameters, into)
        .ok_or_else(|| broken("submit", format!("task {} does not fit into a record", task.id)))
}
