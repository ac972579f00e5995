use bytes::{Buf, Bytes};
use redis::Value;

use super::codec::arguments::Arguments;
use super::codec::msgpack;
use super::connection::{RedisStore, broken};
use super::ids;
use super::record::{self, Record};
use super::reply::Reply;
use crate::model::{AttemptEnd, Policy, Status, Task, TaskId, Timestamp, WorkerId};
use crate::store::Result;

/// Tasks that one script reads, and bytes of parameters and results after which it reads no more.
const READ_AT_ONCE: usize = 50;
const MOST_BYTES: u64 = 8 << 20;

pub(super) async fn get(store: &RedisStore, id: TaskId) -> Result<Option<Task>> {
    Ok(tasks(store, &[id], usize::MAX).await?.pop().flatten())
}

pub(super) async fn tasks(store: &RedisStore, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>> {
    let mut tasks = Vec::with_capacity(ids.len());
    let mut bytes = 0;
    while tasks.len() < ids.len() {
        let some = &ids[tasks.len()..ids.len().min(tasks.len() + READ_AT_ONCE)];
        let left = u64::try_from(most_bytes - bytes).unwrap_or(u64::MAX).min(MOST_BYTES);
        let answer =
            store.step("get", &store.scripts.tasks, Arguments::default().with("bytes", left), &ids::pack(some)).await?;
        let mut reply = Reply::new("get", answer)?;
        if reply.is_empty() {
            return Err(broken("get", "no task was answered"));
        }
        // It answers fewer when they are large, but at least one, which may be too large for this call.
        for id in some {
            if reply.is_empty() {
                break;
            }
            let task = reply.maybe_list()?.map(|fields| task(*id, fields)).transpose()?;
            bytes += task.as_ref().map_or(0, size);
            if bytes > most_bytes && !tasks.is_empty() {
                return Ok(tasks);
            }
            tasks.push(task);
        }
        if bytes > most_bytes {
            break;
        }
    }
    Ok(tasks)
}

/// What is counted of a task by [`tasks`].
fn size(task: &Task) -> usize {
    let optional = |bytes: &Option<Bytes>| bytes.as_ref().map_or(0, Bytes::len);
    let end = |end: &AttemptEnd| end.detail.error.len() + end.detail.backtrace.as_ref().map_or(0, String::len);
    task.parameters.len()
        + optional(&task.metadata)
        + optional(&task.result)
        + task.attempts.iter().map(end).sum::<usize>()
}

fn task(id: TaskId, mut fields: Reply) -> Result<Task> {
    let record = record::read(fields.bytes()?, true)
        .ok_or_else(|| broken("get", format!("the record of task {id} cannot be read")))?;
    let run_at = fields.maybe_time()?;
    let policy = fields.maybe_bytes()?.and_then(|json| serde_json::from_slice(&json).ok());
    let mut task = from_record(id, record, run_at, policy);
    let mut rare = fields.list()?;
    while !rare.is_empty() {
        let (field, value) = (rare.bytes()?, rare.bytes()?);
        add_rare(&mut task, &field, value);
    }
    task.attempts.sort_by_key(|end| end.attempt);
    Ok(task)
}

pub(super) async fn now(store: &RedisStore) -> Result<Timestamp> {
    match store.global("now", &store.scripts.now, &[]).await? {
        Value::Int(now) => Ok(Timestamp::from_millis(now.unsigned_abs())),
        other => Err(broken("now", format!("a time was expected, the script answered {other:?}"))),
    }
}

fn from_record(id: TaskId, record: Record, run_at: Option<Timestamp>, policy: Option<Policy>) -> Task {
    let (started, waiting_since) = (record.was_started(), record.waiting_since());
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
        expires_at: record.extra.expires_at.map(Timestamp::from_millis),
        started_at: started.then_some(record.started_at),
        heartbeat_at: None,
        waiting_since,
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

/// Adds a field of the hash `r:<id>`: `c` cancel requested, `h` heartbeat, `p` progress, `s` the request that resubmitted
/// it last, `e<n>` the end of attempt n.
fn add_rare(task: &mut Task, field: &[u8], value: Bytes) {
    match field {
        b"c" => task.cancel_requested_at = ids::decimal(&value),
        b"h" => task.heartbeat_at = ids::decimal(&value),
        b"s" => task.expires_at = None,
        b"p" => task.progress = msgpack::decode_progress(&value),
        [b'e', ..] => task.attempts.extend(attempt_end(value)),
        _ => {}
    }
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
