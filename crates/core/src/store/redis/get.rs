use bytes::{Buf, Bytes};
use redis::Value;

use super::codec::arguments::Arguments;
use super::codec::msgpack;
use super::connection::{RedisStore, broken};
use super::record::{self, Record};
use super::reply::Reply;
use crate::model::{AttemptEnd, Policy, Status, Task, TaskId, Timestamp, WorkerId};
use crate::store::Result;

pub(super) async fn get(store: &RedisStore, id: TaskId) -> Result<Option<Task>> {
    let arguments = Arguments::default().with("id", id.to_bytes());
    let answer = store.step("get", &store.scripts.get, arguments, &[]).await?;
    if answer == Value::Nil {
        return Ok(None);
    }
    let mut reply = Reply::new("get", answer)?;
    let record = record::read(reply.bytes()?, true)
        .ok_or_else(|| broken("get", format!("the record of task {id} cannot be read")))?;
    let run_at = reply.maybe_time()?;
    let policy = reply.maybe_bytes()?.and_then(|json| serde_json::from_slice(&json).ok());
    let mut task = from_record(id, record, run_at, policy);
    let mut rare = reply.list()?;
    while !rare.is_empty() {
        let (field, value) = (rare.bytes()?, rare.bytes()?);
        add_rare(&mut task, &field, value);
    }
    task.attempts.sort_by_key(|end| end.attempt);
    Ok(Some(task))
}

pub(super) async fn now(store: &RedisStore) -> Result<Timestamp> {
    match store.global("now", &store.scripts.now, &[]).await? {
        Value::Int(now) => Ok(Timestamp::from_millis(now.unsigned_abs())),
        other => Err(broken("now", format!("a time was expected, the script answered {other:?}"))),
    }
}

fn from_record(id: TaskId, record: Record, run_at: Option<Timestamp>, policy: Option<Policy>) -> Task {
    let started = record.was_started();
    Task {
        id,
        status: record.status,
        result: (record.status == Status::Completed).then_some(record.result),
        attempt: record.attempt,
        failures: record.failures,
        lost: record.lost,
        attempts: Vec::new(),
        policy,
        progress: None,
        submitted_at: record.submitted_at,
        run_at,
        expires_at: None,
        started_at: started.then_some(record.started_at),
        heartbeat_at: None,
        ended_at: record.status.is_ended().then_some(record.ended_at),
        cancel_requested_at: None,
        worker: started.then_some(record.worker),
        queue: record.queue,
        task_type: record.task_type,
        priority: record.priority,
        parameters: record.parameters,
        metadata: record.extra.metadata,
        trace_id: record.extra.trace_id,
    }
}

/// Adds a field of the hash `r:<id>`: `c` cancel requested, `h` heartbeat, `p` progress, `e<n>` the end of attempt n.
fn add_rare(task: &mut Task, field: &[u8], value: Bytes) {
    match field {
        b"c" => task.cancel_requested_at = decimal(&value),
        b"h" => task.heartbeat_at = decimal(&value),
        b"p" => task.progress = msgpack::decode_progress(&value),
        [b'e', ..] => task.attempts.extend(attempt_end(value)),
        _ => {}
    }
}

fn decimal(bytes: &[u8]) -> Option<Timestamp> {
    std::str::from_utf8(bytes).ok()?.parse().ok().map(Timestamp::from_millis)
}

/// As `lua/moves.lua` packs it.
fn attempt_end(mut bytes: Bytes) -> Option<AttemptEnd> {
    if bytes.len() < 4 + 2 + 8 + 6 + 6 {
        return None;
    }
    Some(AttemptEnd {
        attempt: bytes.get_u32(),
        retry_attempt: bytes.get_u16().into(),
        worker: WorkerId::from_bytes(bytes.get_u64().to_be_bytes()),
        started_at: Timestamp::from_millis(bytes.get_uint(6)),
        ended_at: Timestamp::from_millis(bytes.get_uint(6)),
        detail: msgpack::decode_end(&bytes)?,
    })
}
