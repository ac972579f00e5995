//! A task as people and scripts read it.

use std::fmt::Write as _;

use jobbers_client::Task;
use serde_json::Value;

/// Prints a task to standard output.
pub(crate) fn print(task: &Task, json: bool) {
    if json {
        println!("{}", Value::Object(task.body.clone()));
    } else {
        print!("{}", text(task));
    }
}

/// Times that are shown, as the manager calls them and as people read them.
const TIMES: [(&str, &str); 7] = [
    ("submitted_at", "submitted"),
    ("run_at", "due"),
    ("started_at", "started"),
    ("heartbeat_at", "heartbeat"),
    ("cancel_requested_at", "cancel asked"),
    ("retried_at", "retried"),
    ("completed_at", "ended"),
];

fn text(task: &Task) -> String {
    let mut text = format!("{} {} version {}: {}\n", task.id, task.name, task.version, task.status);
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<13}{value}");
    };
    line("queue", &task.queue);
    if task.attempt > 0 {
        line("attempt", &task.attempt.to_string());
    }
    for (field, label) in TIMES {
        if let Some(Value::String(time)) = task.body.get(field) {
            line(label, time);
        }
    }
    if let Some(progress) = &task.progress {
        line("progress", &progress.to_string());
    }
    if let Some(error) = &task.error {
        line("error", &error.replace('\n', &format!("\n{:15}", "")));
    }
    if let Some(result) = &task.result {
        let result = serde_json::to_string_pretty(result).unwrap_or_default();
        line("result", &result.replace('\n', &format!("\n{:15}", "")));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn a_task_is_told_in_a_few_lines() {
        let task: Task = from_value(json!({
            "id": "01JBKR2E5F3G4H5J6K7L8M9N0P", "name": "echo_task", "version": 1, "queue": "default",
            "status": "completed", "attempt": 2, "submitted_at": "2026-03-12T10:00:00.000Z",
            "completed_at": "2026-03-12T10:00:01.000Z", "error": "first\nsecond", "result": {"value": "hello"},
        }))
        .expect("a task");
        let expected = "\
01JBKR2E5F3G4H5J6K7L8M9N0P echo_task version 1: completed
  queue        default
  attempt      2
  submitted    2026-03-12T10:00:00.000Z
  ended        2026-03-12T10:00:01.000Z
  error        first
               second
  result       {
                 \"value\": \"hello\"
               }
";
        assert_eq!(text(&task), expected);
    }
}
