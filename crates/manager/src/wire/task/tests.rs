use jobbers_core::model::{EndDetail, TaskType};
use serde_json::{Value, json};

use super::*;

fn task(status: Status) -> Task {
    Task {
        id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap(),
        task_type: TaskType::new("echo_task", 1),
        queue: "default".into(),
        status,
        priority: 5,
        parameters: br#"{"value": 12345678901234567890123, "password": "x"}"#[..].into(),
        metadata: None,
        trace_id: None,
        result: None,
        attempt: 0,
        failures: 0,
        lost: 0,
        attempts: Vec::new(),
        policy: None,
        progress: None,
        submitted_at: Timestamp::from_millis(0),
        run_at: None,
        expires_at: None,
        started_at: None,
        heartbeat_at: None,
        waiting_since: None,
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}

fn end(attempt: u32, kind: EndKind, error: &str) -> AttemptEnd {
    AttemptEnd {
        attempt,
        retry_attempt: attempt - 1,
        worker: WorkerId::from_bytes([1; 8]),
        started_at: Timestamp::from_millis(1000 * u64::from(attempt)),
        ended_at: Timestamp::from_millis(1000 * u64::from(attempt) + 500),
        detail: EndDetail { kind, error: error.into(), error_type: "E".into(), backtrace: None },
    }
}

fn text(task: &Task, policy: Option<&Policy>, spelling: Spelling) -> String {
    serde_json::to_string(&task_body(task, policy, spelling)).unwrap()
}

fn value(task: &Task, spelling: Spelling) -> Value {
    serde_json::from_str(&text(task, None, spelling)).unwrap()
}

#[test]
fn parameters_go_out_byte_for_byte_and_what_does_not_apply_is_absent() {
    let shown = text(&task(Status::Submitted), None, Spelling::Current);
    assert_eq!(
        shown,
        r#"{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","name":"echo_task","version":1,"queue":"default","status":"submitted","priority":5,"parameters":{"value": 12345678901234567890123, "password": "x"},"errors":[],"attempts":[],"attempt":0,"retry_attempt":0,"lost":0,"submitted_at":"1970-01-01T00:00:00.000Z"}"#
    );
}

#[test]
fn redacted_fields_are_replaced_in_parameters_and_result() {
    let policy = Policy { redact: vec!["password".into()], max_retries: 7, ..Policy::default() };
    let task = Task { result: Some(br#"{"password":1}"#[..].into()), ..task(Status::Completed) };
    let shown = text(&task, Some(&policy), Spelling::Older);
    assert!(shown.contains(r#""parameters":{"value":12345678901234567890123,"password":"[redacted]"}"#), "{shown}");
    assert!(shown.contains(r#""result":{"password":"[redacted]"}"#), "{shown}");
    assert!(shown.contains(r#""results":{"password":"[redacted]"}"#), "{shown}");
    assert!(shown.contains(r#""max_retries":7"#), "{shown}");
}

#[test]
fn older_spellings_are_always_there() {
    let shown = value(&task(Status::Submitted), Spelling::Older);
    assert_eq!(shown["results"], json!({}));
    for name in ["last_error", "last_heartbeat_at", "scheduled_at"] {
        assert_eq!(shown.get(name), Some(&Value::Null), "{name}");
    }
    let run_at = Some(Timestamp::from_millis(5));
    let failed = Task { run_at, attempts: vec![end(1, EndKind::Failed, "boom")], ..task(Status::Scheduled) };
    let shown = value(&failed, Spelling::Older);
    assert_eq!(shown["last_error"], "boom");
    assert_eq!(shown["scheduled_at"], shown["run_at"]);
}

#[test]
fn errors_are_what_went_wrong_and_attempts_everything_that_ended() {
    let attempts = vec![
        end(1, EndKind::Failed, "boom"),
        end(2, EndKind::HandedBack, "the worker stops"),
        end(3, EndKind::Lost, "the worker died"),
    ];
    let shown = value(&Task { attempt: 3, failures: 1, attempts, ..task(Status::Submitted) }, Spelling::Current);
    assert_eq!(shown["errors"], json!(["boom", "the worker died"]));
    assert_eq!(shown["error"], "the worker died");
    assert_eq!(
        shown["attempts"][0],
        json!({
            "attempt": 1, "retry_attempt": 0, "started_at": "1970-01-01T00:00:01.000Z", "worker": "0101010101010101",
            "failed_at": "1970-01-01T00:00:01.500Z", "timestamp": "1970-01-01T00:00:01.500Z", "error": "boom",
            "error_type": "E",
        })
    );
    assert_eq!(shown["attempts"].as_array().map(Vec::len), Some(3));
    assert_eq!((&shown["attempt"], &shown["retry_attempt"]), (&json!(3), &json!(1)));
}

#[test]
fn retried_at_is_the_end_of_the_newest_failure_that_was_not_the_last() {
    let attempts = vec![end(1, EndKind::Failed, "a"), end(2, EndKind::TimedOut, "b")];
    let at = |status, attempt| retried_at(&Task { attempt, attempts: attempts.clone(), ..task(status) });
    let (first, second) = (Some(Timestamp::from_millis(1500)), Some(Timestamp::from_millis(2500)));
    assert_eq!(at(Status::Scheduled, 2), second);
    assert_eq!(at(Status::Started, 3), second);
    assert_eq!(at(Status::Completed, 3), second);
    assert_eq!(at(Status::Failed, 2), first);
    assert_eq!(at(Status::Cancelled, 2), first);
    assert_eq!(retried_at(&task(Status::Started)), None);
}

#[test]
fn a_task_that_expired_says_so() {
    let time = |seconds: u64| Some(Timestamp::from_millis(1000 * seconds));
    let expired = Task { expires_at: time(5), ended_at: time(6), ..task(Status::Cancelled) };
    let shown = value(&expired, Spelling::Older);
    let words = "expired at 1970-01-01T00:00:05.000Z, before it had started";
    assert_eq!(
        (&shown["error"], &shown["last_error"], &shown["errors"]),
        (&json!(words), &json!(words), &json!([words]))
    );
    assert_eq!(shown["expires_at"], "1970-01-01T00:00:05.000Z");
    for other in [
        Task { ended_at: time(4), ..expired.clone() },
        Task { attempt: 1, ..expired.clone() },
        Task { status: Status::Dropped, ..expired.clone() },
        Task { expires_at: None, ..expired },
    ] {
        assert_eq!(value(&other, Spelling::Current).get("error"), None, "{other:?}");
    }
}

#[test]
fn a_task_that_runs_can_say_for_how_long() {
    let running = Task { started_at: Some(Timestamp::from_millis(1000)), ..task(Status::Started) };
    let body = task_body(&running, None, Spelling::Current).running_at(Timestamp::from_millis(1750));
    assert_eq!(serde_json::to_value(body).unwrap()["running_ms"], 750);
    let body = task_body(&running, None, Spelling::Current).running_at(Timestamp::from_millis(0));
    assert_eq!(serde_json::to_value(body).unwrap()["running_ms"], 0);
}
