use std::borrow::Cow;

use jobbers_core::model::{AttemptEnd, EndKind, Policy, Progress, Status, Task, TaskId, Timestamp, WorkerId};
use serde::Serialize;
use utoipa::ToSchema;

use super::raw::Raw;
use crate::openapi::example;
use crate::openapi::schemas::{AnyJson, AnyObject, Id, ProcessId, StatusName, Time};

/// Which names a reply has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Current,
    /// Also the names that older clients read.
    Older,
}

/// A task as clients see it. A field that does not apply is absent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Task, example = example)]
pub(crate) struct TaskBody<'t> {
    #[schema(value_type = Id)]
    id: TaskId,
    name: &'t str,
    version: u32,
    queue: &'t str,
    #[schema(value_type = StatusName)]
    status: Status,
    #[schema(maximum = 9)]
    priority: u8,
    #[schema(value_type = AnyObject)]
    parameters: Raw<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = AnyJson, required = false)]
    result: Option<Raw<'t>>,
    /// The newest of `errors`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'t, str>>,
    errors: Vec<Cow<'t, str>>,
    attempts: Vec<AttemptBody<'t>>,
    attempt: u32,
    retry_attempt: u32,
    lost: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProgressBody>)]
    progress: Option<&'t Progress>,
    #[schema(value_type = Time)]
    submitted_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    run_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    retried_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    heartbeat_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    completed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    cancel_requested_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProcessId>)]
    worker: Option<WorkerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AnyObject>)]
    metadata: Option<Raw<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'t str>,
    /// Only in the list of those that run.
    #[serde(skip_serializing_if = "Option::is_none")]
    running_ms: Option<u64>,
    #[serde(flatten)]
    #[schema(ignore)]
    older: Option<Older<'t>>,
}

/// The end of an attempt that did not complete the task.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(crate) struct AttemptBody<'t> {
    attempt: u32,
    retry_attempt: u32,
    #[schema(value_type = Time)]
    started_at: Timestamp,
    #[schema(value_type = Time)]
    failed_at: Timestamp,
    /// The same as `failed_at`.
    #[schema(value_type = Time)]
    timestamp: Timestamp,
    #[schema(value_type = ProcessId)]
    worker: WorkerId,
    error: &'t str,
    error_type: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    backtrace: Option<&'t str>,
}

/// What older clients read; always there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OlderFields)]
struct Older<'t> {
    #[schema(value_type = AnyJson)]
    results: Raw<'t>,
    #[schema(value_type = Option<String>, required)]
    last_error: Option<Cow<'t, str>>,
    #[schema(value_type = Option<Time>, required)]
    last_heartbeat_at: Option<Timestamp>,
    #[schema(value_type = Option<Time>, required)]
    scheduled_at: Option<Timestamp>,
}

/// The shape of a task with older spellings.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `Spelling::Older` gives")]
pub(crate) struct OlderTask {
    #[serde(flatten)]
    task: TaskBody<'static>,
    #[serde(flatten)]
    older: Older<'static>,
}

/// The shape of progress.
#[derive(ToSchema)]
#[schema(as = Progress)]
#[expect(dead_code, reason = "describes a type of the core, which knows no HTTP")]
pub(super) struct ProgressBody {
    /// 0 to 100.
    percent: f64,
    message: Option<String>,
}

/// The task in its wire form. `policy` is the one that it is treated by, as far as that is known.
pub(crate) fn task_body<'t>(task: &'t Task, policy: Option<&Policy>, spelling: Spelling) -> TaskBody<'t> {
    let redacted = policy.map_or(&[][..], |policy| &policy.redact);
    let errors: Vec<Cow<'t, str>> = errors(task).collect();
    let older = || Older {
        results: task.result.as_ref().map_or_else(Raw::empty_object, |result| Raw::new(result, redacted)),
        last_error: errors.last().cloned(),
        last_heartbeat_at: task.heartbeat_at,
        scheduled_at: task.run_at,
    };
    TaskBody {
        id: task.id,
        name: &task.task_type.name,
        version: task.task_type.version,
        queue: &task.queue,
        status: task.status,
        priority: task.priority,
        parameters: Raw::new(&task.parameters, redacted),
        result: task.result.as_ref().map(|result| Raw::new(result, redacted)),
        error: errors.last().cloned(),
        attempts: history(task),
        attempt: task.attempt,
        retry_attempt: task.failures,
        lost: task.lost,
        max_retries: policy.map(|policy| policy.max_retries),
        progress: task.progress.as_ref(),
        submitted_at: task.submitted_at,
        run_at: task.run_at,
        expires_at: task.expires_at,
        started_at: task.started_at,
        retried_at: retried_at(task),
        heartbeat_at: task.heartbeat_at,
        completed_at: task.ended_at,
        cancel_requested_at: task.cancel_requested_at,
        worker: task.worker,
        metadata: task.metadata.as_ref().map(|metadata| Raw::new(metadata, &[])),
        trace_id: task.trace_id.as_deref(),
        running_ms: None,
        older: (spelling == Spelling::Older).then(older),
        errors,
    }
}

impl TaskBody<'_> {
    /// Says how long the attempt has run that runs.
    #[must_use]
    pub(crate) fn running_at(mut self, now: Timestamp) -> Self {
        self.running_ms =
            self.started_at.map(|started| u64::try_from(now.since(started).as_millis()).unwrap_or(u64::MAX));
        self
    }
}

/// The ends of a task's attempts.
pub(crate) fn history(task: &Task) -> Vec<AttemptBody<'_>> {
    task.attempts.iter().map(attempt_body).collect()
}

fn attempt_body(end: &AttemptEnd) -> AttemptBody<'_> {
    AttemptBody {
        attempt: end.attempt,
        retry_attempt: end.retry_attempt,
        started_at: end.started_at,
        failed_at: end.ended_at,
        timestamp: end.ended_at,
        worker: end.worker,
        error: &end.detail.error,
        error_type: &end.detail.error_type,
        backtrace: end.detail.backtrace.as_deref(),
    }
}

/// What went wrong, the newest last.
fn errors(task: &Task) -> impl Iterator<Item = Cow<'_, str>> {
    let expired = task.expired_at().map(|time| Cow::Owned(format!("expired at {time}, before it had started")));
    task.attempts.iter().filter_map(error).map(Cow::Borrowed).chain(expired)
}

/// What went wrong in an attempt; nothing did where someone asked for its end.
fn error(end: &AttemptEnd) -> Option<&str> {
    match end.detail.kind {
        EndKind::Failed | EndKind::TimedOut | EndKind::Panicked | EndKind::Lost | EndKind::Stalled => {
            Some(&end.detail.error)
        }
        EndKind::Cancelled | EndKind::HandedBack => None,
    }
}

/// When the newest failed attempt ended after which the task ran, or is to run, again.
fn retried_at(task: &Task) -> Option<Timestamp> {
    let failed = |end: &&AttemptEnd| match end.detail.kind {
        EndKind::Failed | EndKind::TimedOut | EndKind::Panicked => true,
        EndKind::Lost | EndKind::Stalled | EndKind::Cancelled | EndKind::HandedBack => false,
    };
    let runs_again = |end: &&AttemptEnd| task.attempt > end.attempt || !task.status.is_ended();
    task.attempts.iter().rev().filter(failed).find(runs_again).map(|end| end.ended_at)
}

#[cfg(test)]
mod tests;
