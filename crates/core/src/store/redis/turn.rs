use super::codec::arguments::{Arguments, Packed};
use super::connection::{RedisStore, broken};
use super::keys;
use super::moves::{self, milliseconds};
use super::record::{self, Record};
use super::reply::Reply;
use crate::model::{PolicyRef, RateLimit, TaskId, Token};
use crate::store::{Claim, ClaimedTask, Result, Turn, TurnReply};

/// Bytes of an id and a token.
const ATTEMPT: usize = TaskId::LEN + 8;

pub(super) async fn turn(store: &RedisStore, turn: &Turn) -> Result<TurnReply> {
    let finishes: Vec<_> =
        turn.finishes.iter().map(|finish| moves::pack(finish.id, finish.token, &finish.transition)).collect();
    let answer = store.turn_step(arguments(turn), &finishes).await?;
    let mut reply = Reply::new("turn", answer)?;
    let now = reply.time()?;
    let finished = reply.move_outcomes(turn.finishes.len())?;
    let mut tasks = reply.list()?;
    let mut claimed = Vec::new();
    while !tasks.is_empty() {
        let id = tasks.id()?;
        let record = record::read(tasks.bytes()?, true)
            .ok_or_else(|| broken("turn", format!("the record of task {id} cannot be read")))?;
        claimed.push(claimed_task(id, record));
    }
    let (parked, next_slot) = (reply.number()? == 1, reply.maybe_time()?);
    Ok(TurnReply { now, finished, claimed, parked, next_slot })
}

fn arguments(turn: &Turn) -> Arguments {
    let arguments = Arguments::default()
        .with("worker", turn.worker.to_bytes())
        .with("name", turn.worker.to_string())
        .with("sequence", turn.sequence)
        .with("finishes", turn.finishes.len() as u64)
        .with("lease", milliseconds(turn.lease));
    let arguments = if turn.was_parked {
        let queues = turn.claim.iter().flat_map(|claim| &claim.queues);
        arguments.with("parked_in", queues.map(|queue| keys::escape(&queue.queue)).collect::<Vec<_>>())
    } else {
        arguments
    };
    let arguments = match &turn.stopped[..] {
        [] => arguments,
        stopped => arguments.with("stopped", stopped.iter().map(attempt).collect::<Vec<_>>()),
    };
    match &turn.claim {
        Some(claim) if claim.tasks > 0 => arguments.with("claim", claim_arguments(claim)),
        _ => arguments,
    }
}

fn claim_arguments(claim: &Claim) -> Arguments {
    let queues = claim.queues.iter().map(|queue| queue_slots(queue.free, &queue.queue));
    let types = claim.types.iter().fold(Arguments::default(), |types, slots| {
        let interval = slots.max_heartbeat_interval.map_or(0, milliseconds);
        types.with(&keys::task_type(&slots.task_type), type_slots(slots.free, slots.policy, interval))
    });
    let arguments = Arguments::default()
        .with("tasks", u64::from(claim.tasks))
        .with("seed", claim.token_seed)
        .with("queues", queues.collect::<Vec<_>>())
        .with("types", types);
    match limits(claim) {
        Some(limits) => arguments.with("limits", limits),
        None => arguments,
    }
}

/// As `queue_at` of `lua/claim.lua` reads them.
fn queue_slots(free: u32, queue: &str) -> Packed {
    Packed([&free.to_be_bytes()[..], keys::escape(queue).as_bytes()].concat())
}

/// As `slots_of` of `lua/claim.lua` reads them: one text, which costs a script less than a list of three.
fn type_slots(free: u32, policy: PolicyRef, interval: u64) -> [u8; 18] {
    let mut bytes = [0; 18];
    bytes[..4].copy_from_slice(&free.to_be_bytes());
    bytes[4..12].copy_from_slice(&policy.to_bytes());
    bytes[12..].copy_from_slice(&moves::six_bytes(interval));
    bytes
}

/// What holds over all workers; none if nothing does.
fn limits(claim: &Claim) -> Option<Arguments> {
    let (mut queues, mut rates, mut types) = (Arguments::default(), Arguments::default(), Arguments::default());
    let mut any = false;
    for queue in &claim.queues {
        if let Some(total) = queue.total {
            queues = queues.with(&keys::escape(&queue.queue), u64::from(total));
            any = true;
        }
        if let Some(limit) = queue.rate {
            rates = rates.with(&keys::escape(&queue.queue), rate(limit));
            any = true;
        }
    }
    for slots in &claim.types {
        if let Some(total) = slots.total {
            types = types.with(&keys::task_type(&slots.task_type), u64::from(total));
            any = true;
        }
    }
    any.then(|| Arguments::default().with("queues", queues).with("rates", rates).with("types", types))
}

/// How many starts in which window, in milliseconds.
pub(super) fn rate(limit: RateLimit) -> (u64, u64) {
    (u64::from(limit.numerator), milliseconds(limit.window()))
}

fn attempt((id, token): &(TaskId, Token)) -> [u8; ATTEMPT] {
    let mut bytes = [0; ATTEMPT];
    bytes[..TaskId::LEN].copy_from_slice(&id.to_bytes());
    bytes[TaskId::LEN..].copy_from_slice(&token.to_bytes());
    bytes
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
