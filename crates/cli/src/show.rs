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
        line("result", &laid_out(result, 15));
    }
    text
}

/// JSON as people read it: on one line what fits there, the rest indented further than `indent`.
fn laid_out(value: &Value, indent: usize) -> String {
    const WIDTH: usize = 100;
    let compact = value.to_string();
    if indent + compact.len() <= WIDTH {
        return compact;
    }
    let inner = indent + 2;
    let (open, items, close) = match value {
        Value::Array(items) => ('[', items.iter().map(|item| laid_out(item, inner)).collect(), ']'),
        Value::Object(fields) => {
            let field =
                |(name, item): (&String, &Value)| format!("{}: {}", Value::from(name.as_str()), laid_out(item, inner));
            ('{', fields.iter().map(field).collect::<Vec<_>>(), '}')
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return compact,
    };
    let break_ = format!("\n{:inner$}", "");
    format!("{open}{break_}{}\n{:indent$}{close}", items.join(&format!(",{break_}")), "")
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
  result       {\"value\":\"hello\"}
";
        assert_eq!(text(&task), expected);
    }

    #[test]
    fn what_does_not_fit_on_a_line_is_laid_out() {
        let words: Vec<String> = (0..30).map(|number| format!("word{number}")).collect();
        let text = laid_out(&json!({"n": 1, "pair": {"a": [1, 2]}, "words": words}), 15);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..5],
            [
                "{",
                "                 \"n\": 1,",
                "                 \"pair\": {\"a\":[1,2]},",
                "                 \"words\": [",
                "                   \"word0\","
            ]
        );
        assert_eq!(lines[34..], ["                 ]", "               }"]);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["words"][29], "word29");
    }
}
