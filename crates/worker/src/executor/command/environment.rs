use std::ffi::OsString;

use crate::attempt::Attempt;

/// What a command learns of its task from its environment, besides what the manifest gives it.
pub(super) fn of(attempt: &Attempt) -> Vec<(OsString, OsString)> {
    let task = attempt.task();
    let text = |bytes: &bytes::Bytes| String::from_utf8_lossy(bytes).into_owned();
    let always = [
        ("JOBBERS_TASK_ID", task.id.to_string()),
        ("JOBBERS_TASK_NAME", task.task_type.name.clone()),
        ("JOBBERS_TASK_VERSION", task.task_type.version.to_string()),
        ("JOBBERS_QUEUE", task.queue.clone()),
        ("JOBBERS_ATTEMPT", task.attempt.to_string()),
        ("JOBBERS_RETRY_ATTEMPT", task.failures.to_string()),
        ("JOBBERS_FD", "3".to_owned()),
    ];
    let metadata = task.metadata.as_ref().map(|metadata| ("JOBBERS_METADATA", text(metadata)));
    let trace_id = task.trace_id.as_ref().map(|trace_id| ("JOBBERS_TRACE_ID", trace_id.clone()));
    let all = always.into_iter().chain(metadata).chain(trace_id);
    all.map(|(name, value)| (name.into(), value.into())).collect()
}
