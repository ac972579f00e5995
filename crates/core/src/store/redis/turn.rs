use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;

use super::connection::{RedisStore, broken};
use super::keys;
use super::moves::{self, milliseconds};
use super::record::{self, Record};
use super::reply::Reply;
use crate::model::TaskId;
use crate::store::{Claim, ClaimedTask, Result, Turn, TurnReply};

#[derive(Serialize)]
struct Arguments {
    worker: Bytes,
    name: String,
    sequence: u64,
    finishes: usize,
    was_parked: bool,
    parked_in: Vec<String>,
    lease: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimArguments>,
}

#[derive(Serialize)]
struct ClaimArguments {
    tasks: u32,
    seed: Bytes,
    queues: Vec<(String, u32)>,
    /// Free slots, policy, heartbeat interval in milliseconds (0 = none).
    types: BTreeMap<String, (u32, Bytes, u64)>,
}

pub(super) async fn turn(store: &RedisStore, turn: &Turn) -> Result<TurnReply> {
    let finishes: Vec<_> =
        turn.finishes.iter().map(|finish| moves::pack(finish.id, finish.token, &finish.transition)).collect();
    let answer = store.step("turn", &store.scripts.turn, &arguments(turn), &finishes).await?;
    let mut reply = Reply::new("turn", answer)?;
    let now = reply.time()?;
    let mut answers = reply.list()?;
    let finished = turn.finishes.iter().map(|_| answers.move_outcome()).collect::<Result<_>>()?;
    let mut tasks = reply.list()?;
    let mut claimed = Vec::new();
    while !tasks.is_empty() {
        let id = tasks.id()?;
        let record = record::read(tasks.bytes()?, true)
            .ok_or_else(|| broken("turn", format!("the record of task {id} cannot be read")))?;
        claimed.push(claimed_task(id, record));
    }
    let parked = reply.number()? == 1;
    Ok(TurnReply { now, finished, claimed, parked })
}

fn arguments(turn: &Turn) -> Arguments {
    let parked_in = turn.claim.iter().flat_map(|claim| &claim.queues).map(|queue| keys::escape(&queue.queue)).collect();
    Arguments {
        worker: Bytes::copy_from_slice(&turn.worker.to_bytes()),
        name: turn.worker.to_string(),
        sequence: turn.sequence,
        finishes: turn.finishes.len(),
        was_parked: turn.was_parked,
        parked_in,
        lease: milliseconds(turn.lease),
        claim: turn.claim.as_ref().filter(|claim| claim.tasks > 0).map(claim_arguments),
    }
}

fn claim_arguments(claim: &Claim) -> ClaimArguments {
    ClaimArguments {
        tasks: claim.tasks,
        seed: Bytes::copy_from_slice(&claim.token_seed),
        queues: claim.queues.iter().map(|queue| (keys::escape(&queue.queue), queue.free)).collect(),
        types: claim
            .types
            .iter()
            .map(|slots| {
                let interval = slots.max_heartbeat_interval.map_or(0, milliseconds);
                let policy = Bytes::copy_from_slice(&slots.policy.to_bytes());
                (keys::task_type(&slots.task_type), (slots.free, policy, interval))
            })
            .collect(),
    }
}

fn claimed_task(id: TaskId, record: Record) -> ClaimedTask {
    ClaimedTask {
        id,
        task_type: record.task_type,
        queue: record.queue,
        priority: record.priority,
        token: record.token,
        attempt: record.attempt,
        failures: record.failures,
        lost: record.lost,
        submitted_at: record.submitted_at,
        started_at: record.started_at,
        parameters: record.parameters,
        metadata: record.extra.metadata,
        trace_id: record.extra.trace_id,
    }
}
