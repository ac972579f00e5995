use jobbers_core::model::{Progress, Status, TaskId, Timestamp, WorkerId};
use jobbers_core::operation::explain::{Expected, Explanation, Limit, Reason, Waits, Why};
use jobbers_core::store::Ahead;
use serde::Serialize;
use utoipa::ToSchema;

use super::task::ProgressBody;
use crate::openapi::schemas::{Id, ProcessId, StatusName, Time};

/// The reply of `GET /tasks/{id}/explain`. A field that does not belong to the reason is absent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationBody<'e> {
    #[schema(value_type = Id)]
    task_id: TaskId,
    #[schema(value_type = StatusName)]
    status: Status,
    reason: ReasonWord,
    /// The reason for people.
    sentence: String,
    /// The moment that it is about.
    #[schema(value_type = Time)]
    at: Timestamp,
    queue: &'e str,
    name: &'e str,
    version: u32,
    #[serde(flatten)]
    #[schema(inline)]
    fields: Fields<'e>,
}

/// The reason in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExplanationReason)]
#[serde(rename_all = "snake_case")]
enum ReasonWord {
    Ended,
    Running,
    Stopping,
    WorkerLost,
    Scheduled,
    Overdue,
    Expired,
    QueuePaused,
    NoConsumer,
    UnknownType,
    ConcurrencyFull,
    RateLimited,
    Waiting,
}

/// Of what a limit is, and whether it holds for each worker or for all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ConcurrencyLimit)]
#[serde(rename_all = "snake_case")]
enum LimitWord {
    QueueTotal,
    TypeTotal,
    QueuePerWorker,
    TypePerWorker,
    WorkerSlots,
}

/// What belongs to some reason.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Fields<'e> {
    /// Of `ended`: when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    ended_at: Option<Timestamp>,
    /// Of `ended`: what went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'e str>,
    /// Of `ended` and what runs: the last attempt, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    /// Of what runs: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    started_at: Option<Timestamp>,
    /// Of what runs: who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProcessId>)]
    worker: Option<WorkerId>,
    /// Of `running`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    heartbeat_at: Option<Timestamp>,
    /// Of `running`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProgressBody>)]
    progress: Option<&'e Progress>,
    /// Of `stopping` and `worker_lost`: since when its end has been asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    cancel_requested_at: Option<Timestamp>,
    /// Of `scheduled` and `overdue`: when it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    run_at: Option<Timestamp>,
    /// Of `scheduled` and `overdue`: which retry it is, from 1; absent if it was submitted for then.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<u32>,
    /// Of `overdue`: the roles whose queues alone the live schedulers look after.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduler_roles: Option<&'e [String]>,
    /// Of `expired`, and of `ended` by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    expired_at: Option<Timestamp>,
    /// Where a scheduler has to do something.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduler_alive: Option<bool>,
    /// Of what waits: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    waiting_since: Option<Timestamp>,
    /// Of what waits: how many tasks of its type wait in its queue, it among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_of_type: Option<u64>,
    /// Of what waits: tasks of its type and priority that come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead: Option<u64>,
    /// Of what waits: whether `ahead` is exact; it is among the first 1,000, and an estimate behind them.
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead_exact: Option<bool>,
    /// Of what waits: tasks of its queue that start first, of whatever type, by what waits now.
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead_in_queue: Option<u64>,
    /// Of what waits for its turn or a limit: when it starts if things go on as they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    estimated_start: Option<Timestamp>,
    /// Of `concurrency_full`: which limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<LimitWord>,
    /// Of `concurrency_full`: how many tasks it allows; absent of `worker_slots`.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_tasks: Option<u32>,
    /// Of `concurrency_full`: how many run.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<u64>,
    /// Of `concurrency_full`: the ids of some that run, 10 at the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Id>>)]
    held_by: Option<&'e [TaskId]>,
    /// Of `rate_limited`: the limit in words, such as `100 per 2 seconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<String>,
    /// Of `rate_limited`: when the next task of the queue may start; absent while the limit lets none start at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    next_slot_at: Option<Timestamp>,
    /// Of `no_consumer`: the roles that have the queue; absent if they cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<&'e [String]>,
    /// Of `no_consumer`: live workers of these roles: they drain, or have not taken the queue on yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    role_workers: Option<usize>,
    /// Of `no_consumer`: there is no such queue any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_missing: Option<bool>,
    /// Of `no_consumer`: live workers of other roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    other_workers: Option<usize>,
    /// Of `unknown_type`: live workers that take tasks from its queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    consumers: Option<usize>,
    /// Of `unknown_type`: a scheduler drops it, once it has waited for as long as that one allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    will_be_dropped: Option<bool>,
    /// Of `waiting`: live workers that could run it.
    #[serde(skip_serializing_if = "Option::is_none")]
    workers: Option<usize>,
    /// Of `waiting`: those of them that had a free slot for it when they were heard of last.
    #[serde(skip_serializing_if = "Option::is_none")]
    workers_with_free_slot: Option<usize>,
}

pub(crate) fn explanation_body(id: TaskId, explanation: &Explanation) -> ExplanationBody<'_> {
    let (reason, fields) = parts(&explanation.reason);
    ExplanationBody {
        task_id: id,
        status: explanation.status,
        reason,
        sentence: explanation.to_string(),
        at: explanation.at,
        queue: &explanation.queue,
        name: &explanation.task_type.name,
        version: explanation.task_type.version,
        fields,
    }
}

fn parts(reason: &Reason) -> (ReasonWord, Fields<'_>) {
    let none = Fields::default();
    match reason {
        Reason::Ended { at, attempt, error, expired } => {
            let attempt = Some(*attempt).filter(|attempt| *attempt > 0);
            let fields = Fields { ended_at: *at, attempt, error: error.as_deref(), expired_at: *expired, ..none };
            (ReasonWord::Ended, fields)
        }
        Reason::Running { attempt, since, worker, heartbeat, progress } => {
            let (heartbeat_at, progress) = (*heartbeat, progress.as_ref());
            (ReasonWord::Running, Fields { heartbeat_at, progress, ..runs(*attempt, *since, *worker) })
        }
        Reason::Stopping { attempt, since, worker, requested } => {
            let cancel_requested_at = Some(*requested);
            (ReasonWord::Stopping, Fields { cancel_requested_at, ..runs(*attempt, *since, *worker) })
        }
        Reason::WorkerLost { attempt, since, worker, requested, scheduler_alive } => {
            let (cancel_requested_at, scheduler_alive) = (*requested, Some(*scheduler_alive));
            let fields = Fields { cancel_requested_at, scheduler_alive, ..runs(*attempt, *since, *worker) };
            (ReasonWord::WorkerLost, fields)
        }
        Reason::Scheduled { due, why, scheduler_alive } => {
            (ReasonWord::Scheduled, is_due(*due, *why, *scheduler_alive))
        }
        Reason::Overdue { due, why, scheduler_alive, only_roles } => {
            let scheduler_roles = Some(&only_roles[..]).filter(|roles| !roles.is_empty());
            (ReasonWord::Overdue, Fields { scheduler_roles, ..is_due(*due, *why, *scheduler_alive) })
        }
        Reason::Expired { expired, scheduler_alive } => {
            let (expired_at, scheduler_alive) = (Some(*expired), Some(*scheduler_alive));
            (ReasonWord::Expired, Fields { expired_at, scheduler_alive, ..none })
        }
        Reason::QueuePaused { waits } => (ReasonWord::QueuePaused, waiting(*waits)),
        Reason::NoConsumer { waits, queue_missing, roles, role_workers, other_workers } => {
            let fields = Fields {
                queue_missing: Some(*queue_missing),
                roles: roles.as_deref(),
                role_workers: Some(*role_workers),
                other_workers: Some(*other_workers),
                ..waiting(*waits)
            };
            (ReasonWord::NoConsumer, fields)
        }
        Reason::UnknownType { waits, consumers, expected } => {
            let will_be_dropped = Some(*expected == Expected::Dropped);
            (ReasonWord::UnknownType, Fields { consumers: Some(*consumers), will_be_dropped, ..waiting(*waits) })
        }
        Reason::Full { waits, limit, most, running, held_by, estimated_start } => {
            let fields = Fields {
                limit: Some((*limit).into()),
                limit_tasks: *most,
                running: Some(*running),
                held_by: Some(held_by),
                estimated_start: *estimated_start,
                ..waiting(*waits)
            };
            (ReasonWord::ConcurrencyFull, fields)
        }
        Reason::RateLimited { waits, limit, next, estimated_start } => {
            let (next_slot_at, estimated_start) = (*next, *estimated_start);
            let rate_limit = Some(limit.to_string());
            (ReasonWord::RateLimited, Fields { rate_limit, next_slot_at, estimated_start, ..waiting(*waits) })
        }
        Reason::Waiting { waits, workers, with_free_slot, estimated_start } => {
            let (workers, workers_with_free_slot) = (Some(*workers), Some(*with_free_slot));
            let estimated_start = *estimated_start;
            (ReasonWord::Waiting, Fields { workers, workers_with_free_slot, estimated_start, ..waiting(*waits) })
        }
    }
}

impl From<Limit> for LimitWord {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::QueueTotal => Self::QueueTotal,
            Limit::TypeTotal => Self::TypeTotal,
            Limit::QueuePerWorker => Self::QueuePerWorker,
            Limit::TypePerWorker => Self::TypePerWorker,
            Limit::Slots => Self::WorkerSlots,
        }
    }
}

fn runs<'e>(attempt: u32, started_at: Option<Timestamp>, worker: Option<WorkerId>) -> Fields<'e> {
    Fields { attempt: Some(attempt), started_at, worker, ..Fields::default() }
}

fn is_due<'e>(due: Timestamp, why: Why, scheduler_alive: bool) -> Fields<'e> {
    let retry = match why {
        Why::Later => None,
        Why::Retry { retry } => Some(retry),
    };
    Fields { run_at: Some(due), retry, scheduler_alive: Some(scheduler_alive), ..Fields::default() }
}

fn waiting<'e>(waits: Waits) -> Fields<'e> {
    Fields {
        waiting_since: waits.since,
        waiting_of_type: waits.like_it,
        ahead: waits.ahead.map(Ahead::tasks),
        ahead_exact: waits.ahead.map(|ahead| matches!(ahead, Ahead::Exactly(_))),
        ahead_in_queue: waits.ahead_in_queue,
        ..Fields::default()
    }
}
