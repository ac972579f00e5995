use jobbers_core::model::Timestamp;
use serde_json::{from_value, json};

use super::*;

const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

fn on_terminal(width: u16) -> Look {
    let now = Timestamp::parse("2026-03-12T10:05:00Z").expect("a time");
    Look { width: Some(width), height: Some(24), colour: false, now: Some(now) }
}

fn completed() -> Task {
    from_value(json!({
        "id": "01JBKR2E5F3G4H5J6K7X8M9N0P", "name": "echo_task", "version": 1, "queue": "default",
        "status": "completed", "attempt": 2, "submitted_at": "2026-03-12T10:00:00.000Z",
        "started_at": "2026-03-12T10:00:00.500Z", "completed_at": "2026-03-12T10:00:01.000Z",
        "error": "first\nsecond", "result": {"value": "hello"},
    }))
    .expect("a task")
}

fn failed() -> Task {
    from_value(json!({
        "id": "01JBKR2E5F3G4H5J6K7X8M9N0Q", "name": "generate_the_monthly_report", "version": 12,
        "queue": "reports", "status": "failed", "priority": 5, "attempt": 2, "retry_attempt": 2, "lost": 1,
        "max_retries": 1, "parameters": {"month": "2026-02"}, "metadata": {"for": "you"},
        "submitted_at": "2026-03-12T09:00:00.000Z", "completed_at": "2026-03-12T10:03:00.000Z",
        "error": "the database is gone", "worker": "0011223344556677",
        "attempts": [
            {"attempt": 1, "started_at": "2026-03-12T09:00:01.000Z", "failed_at": "2026-03-12T09:00:02.000Z",
                "worker": "0011223344556677", "error": "no\nroute", "error_type": "Io", "backtrace": "0: main\n1: run\n"},
            {"attempt": 2, "started_at": "2026-03-12T10:02:00.000Z", "failed_at": "2026-03-12T10:03:00.000Z",
                "worker": "0011223344556677", "error": "the database is gone", "error_type": "Db"},
        ],
    }))
    .expect("a task")
}

fn started() -> Task {
    from_value(json!({
        "id": "01JBKR2E5F3G4H5J6K7X8M9N0R", "name": "word_count", "version": 1, "queue": "default",
        "status": "started", "attempt": 1, "started_at": "2026-03-12T10:04:56.000Z",
        "progress": {"percent": 41.7, "message": "10 of 24 files"},
    }))
    .expect("a task")
}

#[test]
fn a_task_is_told_in_a_few_lines() {
    insta::assert_snapshot!(text(&completed(), &PLAIN));
}

#[test]
fn on_a_terminal_times_have_their_age() {
    insta::assert_snapshot!(text(&started(), &on_terminal(80)));
}

#[test]
fn everything_is_told_of_a_task_that_is_inspected() {
    insta::assert_snapshot!(whole(&failed(), &PLAIN));
}

#[test]
fn tasks_are_rows_that_fit() {
    let tasks = [completed(), failed(), started()];
    let text = table(&tasks, &on_terminal(100)).render(&on_terminal(100));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
    insta::assert_snapshot!(table(&tasks, &PLAIN).render(&PLAIN));
}

#[test]
fn what_does_not_fit_on_a_line_is_laid_out() {
    let words: Vec<String> = (0..30).map(|number| format!("word{number}")).collect();
    let text = laid_out(&json!({"n": 1, "pair": {"a": [1, 2]}, "words": words}), 0, 80);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..5], ["{", "  \"n\": 1,", "  \"pair\": {\"a\":[1,2]},", "  \"words\": [", "    \"word0\","]);
    assert_eq!(lines[34..], ["  ]", "}"]);
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["words"][29], "word29");
}
