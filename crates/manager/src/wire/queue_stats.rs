use jobbers_core::model::Timestamp;
use jobbers_core::operation::QueueStats;
use jobbers_core::operation::queue_stats::{QueueState, Rate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::schemas::Time;

/// The reply of `GET /queue-stats`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueStatsBody<'s> {
    /// When it was counted.
    #[schema(value_type = Time)]
    at: Timestamp,
    queues: Vec<QueueBody<'s>>,
}

/// How one queue is doing.
#[derive(Debug, Serialize, ToSchema)]
struct QueueBody<'s> {
    queue: &'s str,
    waiting: u64,
    scheduled: u64,
    started: u64,
    dead: u64,
    /// About how long the task has waited that waits longest; null if none waits.
    #[schema(required)]
    oldest_waiting_seconds: Option<f64>,
    /// Workers claim nothing from it.
    paused: bool,
    /// Live workers that take tasks from it.
    consumers: usize,
    /// The roles that have it; one without workers is run by nobody.
    roles: Vec<RoleBody<'s>>,
    last_minute: RateBody,
    last_hour: RateBody,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoleBody<'s> {
    role: &'s str,
    /// Live workers of this role that take tasks from the queue.
    workers: usize,
}

#[derive(Debug, Serialize, ToSchema)]
struct RateBody {
    /// Tasks that ended per second, however they did.
    throughput: f64,
    /// Which part of them failed, 0 to 1; null if none ended.
    #[schema(required)]
    failure_rate: Option<f64>,
}

pub(crate) fn queue_stats_body(stats: &QueueStats) -> QueueStatsBody<'_> {
    QueueStatsBody { at: stats.at, queues: stats.queues.iter().map(queue_body).collect() }
}

fn queue_body(state: &QueueState) -> QueueBody<'_> {
    let counts = &state.counts;
    QueueBody {
        queue: &counts.queue,
        waiting: counts.waiting,
        scheduled: counts.scheduled,
        started: counts.started,
        dead: counts.dead,
        oldest_waiting_seconds: state.oldest_waiting.map(|age| age.as_secs_f64()),
        paused: state.paused,
        consumers: state.consumers,
        roles: state.roles.iter().map(|(role, workers)| RoleBody { role, workers: *workers }).collect(),
        last_minute: state.minute.into(),
        last_hour: state.hour.into(),
    }
}

impl From<Rate> for RateBody {
    fn from(Rate { throughput, failure_rate }: Rate) -> Self {
        Self { throughput, failure_rate }
    }
}
