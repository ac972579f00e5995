use super::codec::arguments::Arguments;
use super::connection::{RedisStore, broken};
use super::keys;
use super::moves::{self, milliseconds};
use super::record::{self, Record};
use super::reply::Reply;
use crate::model::TaskId;
use crate::store::{Claim, ClaimedTask, Result, Turn, TurnReply};

pub(super) async fn turn(store: &RedisStore, turn: &Turn) -> Result<TurnReply> {
    let finishes: Vec<_> =
        turn.finishes.iter().map(|finish| moves::pack(finish.id, finish.token, &finish.transition)).collect();
    let answer = store.turn_step(arguments(turn), &finishes).await?;
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
    Ok(TurnReply { now, finished, claimed, parked, next_slot: None })
}

fn arguments(turn: &Turn) -> Arguments {
    let queues = turn.claim.iter().flat_map(|claim| &claim.queues);
    let arguments = Arguments::default()
        .with("worker", turn.worker.to_bytes())
        .with("name", turn.worker.to_string())
        .with("sequence", turn.sequence)
        .with("finishes", turn.finishes.len() as u64)
        .with("was_parked", turn.was_parked)
        .with("parked_in", queues.map(|queue| keys::escape(&queue.queue)).collect::<Vec<_>>())
        .with("lease", milliseconds(turn.lease));
    match &turn.claim {
        Some(claim) if claim.tasks > 0 => arguments.with("claim", claim_arguments(claim)),
        _ => arguments,
    }
}

fn claim_arguments(claim: &Claim) -> Arguments {
    let queues = claim.queues.iter().map(|queue| (keys::escape(&queue.queue), u64::from(queue.free)));
    let types = claim.types.iter().fold(Arguments::default(), |types, slots| {
        let interval = slots.max_heartbeat_interval.map_or(0, milliseconds);
        types.with(&keys::task_type(&slots.task_type), (u64::from(slots.free), slots.policy.to_bytes(), interval))
    });
    Arguments::default()
        .with("tasks", u64::from(claim.tasks))
        .with("seed", claim.token_seed)
        .with("queues", queues.collect::<Vec<_>>())
        .with("types", types)
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
