use jobbers_core::model::{Queue, Timestamp};
use jobbers_core::operation::configure::delete_queue::Deleted;
use jobbers_core::operation::configure::purge::Purged;
use serde::Serialize;
use utoipa::ToSchema;

use super::queue::{QueueConfig, queue_config};
use crate::openapi::schemas::Time;

/// The reply of `GET /queues`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queues<'q> {
    /// The names of all queues.
    queues: Vec<&'q str>,
    /// The queues themselves, if these were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<QueueConfig<'q>>>,
}

/// The reply of `GET /queues/{name}/config`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneQueue<'q> {
    pub(crate) queue: QueueConfig<'q>,
}

/// The reply of what changes a queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueMessage<'q> {
    pub(crate) message: &'static str,
    /// As it is now.
    pub(crate) queue: QueueConfig<'q>,
}

/// The reply of `DELETE /queues/{name}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueDeleted {
    message: &'static str,
    /// Tasks that waited, or were scheduled.
    cancelled: u64,
    /// Tasks that run, and are asked to stop.
    stopping: u64,
    /// Tasks that a scheduler goes on with; null if the store of tasks did not answer.
    #[schema(required)]
    remaining: Option<u64>,
}

/// The reply of `POST /queues/{name}/purge`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueuePurged {
    cancelled: u64,
    /// 0 if all is done; else what waits now, with which a scheduler goes on, as does the same request again.
    remaining: u64,
    /// What came later was left alone; the same request goes on with this as `before`.
    #[schema(value_type = Time)]
    before: Timestamp,
}

pub(crate) fn queues(queues: &[Queue], details: bool) -> Queues<'_> {
    Queues {
        queues: queues.iter().map(|queue| queue.name.as_str()).collect(),
        details: details.then(|| queues.iter().map(queue_config).collect()),
    }
}

impl From<Deleted> for QueueDeleted {
    fn from(Deleted { cancelled, stopping, remaining }: Deleted) -> Self {
        Self { message: "Queue deleted", cancelled, stopping, remaining }
    }
}

impl From<Purged> for QueuePurged {
    fn from(Purged { cancelled, remaining, before }: Purged) -> Self {
        Self { cancelled, remaining, before }
    }
}
