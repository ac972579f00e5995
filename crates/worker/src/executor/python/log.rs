use super::frame::Message;
use crate::attempt::Attempt;

/// Logs what a task has to say, or its host itself.
pub(super) fn tell(attempt: Option<&Attempt>, pid: u32, message: &Message<'_>) {
    let text = &message.message;
    macro_rules! line {
        ($level:ident) => {
            match attempt.map(Attempt::task) {
                Some(task) => tracing::$level!(
                    event = "task_log", task_id = %task.id, task = %task.task_type, queue = task.queue,
                    attempt = task.attempt, "{text}"
                ),
                None => tracing::$level!(event = "host_log", pid, "{text}"),
            }
        };
    }
    match message.level.as_str() {
        "error" => line!(error),
        "warning" => line!(warn),
        "debug" => line!(debug),
        _ => line!(info),
    }
}
