use jobbers_core::model::{ErrorGroup, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::schemas::Time;

/// The reply of `GET /dead-letter-queue/errors`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorGroups<'g> {
    /// The largest first.
    errors: Vec<ErrorGroupBody<'g>>,
}

/// Dead letters of one task type in one queue whose errors are alike.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorGroup)]
struct ErrorGroupBody<'g> {
    queue: &'g str,
    task_name: &'g str,
    task_version: u32,
    error_type: &'g str,
    /// With `#` for words with digits, and `…` for what is quoted.
    message: &'g str,
    /// How many dead letters there are.
    count: u64,
    /// When the first of them failed; it may have left the queue since.
    #[schema(value_type = Time)]
    first_failed_at: Timestamp,
    #[schema(value_type = Time)]
    last_failed_at: Timestamp,
}

pub(crate) fn error_groups(groups: &[ErrorGroup]) -> ErrorGroups<'_> {
    ErrorGroups { errors: groups.iter().map(body).collect() }
}

fn body(group: &ErrorGroup) -> ErrorGroupBody<'_> {
    ErrorGroupBody {
        queue: &group.queue,
        task_name: &group.task_type.name,
        task_version: group.task_type.version,
        error_type: &group.kind.error_type,
        message: &group.kind.message,
        count: group.count,
        first_failed_at: group.first,
        last_failed_at: group.last,
    }
}
