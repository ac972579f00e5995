use super::codec::arguments::Arguments;
use super::codec::msgpack;
use super::connection::{RedisStore, broken};
use super::reply::Reply;
use super::{moves, record};
use crate::model::Policy;
use crate::store::{MoveOutcome, Overdue, OverdueTask, Result, Verdict};

pub(super) async fn overdue(store: &RedisStore, limit: usize) -> Result<Overdue> {
    let answer =
        store.step("overdue", &store.scripts.overdue, Arguments::default().with("limit", limit as u64), &[]).await?;
    let mut reply = Reply::new("overdue", answer)?;
    let (now, waiting_until) = (reply.time()?, reply.maybe_time()?);
    let mut tasks = Vec::new();
    while !reply.is_empty() {
        tasks.push(overdue_task(reply.list()?)?);
    }
    Ok(Overdue { now, tasks, waiting_until })
}

fn overdue_task(mut fields: Reply) -> Result<OverdueTask> {
    let id = fields.id()?;
    let record = record::read(fields.bytes()?, false)
        .ok_or_else(|| broken("overdue", format!("the record of task {id} cannot be read")))?;
    let counts_as_lost = fields.number()? == 1;
    let deadline = fields.time()?;
    let progress = fields.maybe_bytes()?.and_then(|bytes| msgpack::decode_progress(&bytes));
    let policy = fields.maybe_bytes()?.and_then(|json| serde_json::from_slice(&json).ok());
    Ok(OverdueTask {
        id,
        task_type: record.task_type,
        queue: record.queue,
        token: record.token,
        worker: record.worker,
        attempt: record.attempt,
        lost: record.lost,
        started_at: record.started_at,
        deadline,
        counts_as_lost,
        progress,
        // Workers publish their policies before they claim; a record without one is treated as any other.
        policy: policy.unwrap_or_else(Policy::default),
    })
}

pub(super) async fn reap(store: &RedisStore, verdicts: &[Verdict]) -> Result<Vec<MoveOutcome>> {
    if verdicts.is_empty() {
        return Ok(Vec::new());
    }
    let packed: Vec<_> =
        verdicts.iter().map(|verdict| moves::pack(verdict.id, verdict.token, &verdict.transition)).collect();
    let deadlines: Vec<u64> = verdicts.iter().map(|verdict| verdict.deadline.as_millis()).collect();
    let arguments = Arguments::default().with("verdicts", verdicts.len() as u64).with("deadlines", deadlines);
    let answer = store.step("reap", &store.scripts.reap, arguments, &packed).await?;
    let mut reply = Reply::new("reap", answer)?;
    reply.time()?;
    reply.move_outcomes(verdicts.len())
}
