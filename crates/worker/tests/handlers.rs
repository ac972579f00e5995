//! What a handler gets, returns, and what becomes of its errors.

use std::io;
use std::time::Duration;

use jobbers_core::model::{EndKind, Status};
use jobbers_worker::{Data, Params, TaskContext, TaskError, Tasks, demo, task};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::place::{Place, is_failed, last_error, settings};

#[derive(Deserialize, JsonSchema)]
struct Report {
    report_id: u64,
}

#[derive(Serialize)]
struct Seen {
    report_id: u64,
    name: &'static str,
    attempt: u32,
    metadata: String,
}

struct Name(&'static str);

#[task(version = 1, name = "reports.make")]
async fn make(task: TaskContext, Data(name): Data<Name>, Params(report): Params<Report>) -> Result<Seen, TaskError> {
    let metadata = String::from_utf8_lossy(task.metadata().unwrap_or_default()).into_owned();
    Ok(Seen { report_id: report.report_id, name: name.0, attempt: task.attempt(), metadata })
}

fn tasks() -> Tasks {
    Tasks::new().data(Name("Ada")).register(make)
}

#[tokio::test]
async fn a_handler_gets_its_arguments_in_any_order_and_its_result_is_kept() {
    let task = Place::run(tasks(), "reports.make", r#"{"report_id":7}"#).await;
    assert_eq!(task.status, Status::Completed);
    let result = task.result.unwrap();
    assert_eq!(result, r#"{"report_id":7,"name":"Ada","attempt":1,"metadata":"{\"who\":\"me\"}"}"#.as_bytes());
}

#[tokio::test]
async fn parameters_of_another_schema_fail_the_task_and_name_the_field() {
    let task = Place::run(tasks(), "reports.make", r#"{"report_id":"seven"}"#).await;
    assert_eq!((task.status, task.attempt), (Status::Failed, 1));
    let (error, error_type) = last_error(&task);
    assert!(error.contains("reports.make version 1") && error.contains("`/report_id`"), "{error}");
    assert_eq!(error_type, "InvalidParameters");
}

#[tokio::test]
async fn a_task_can_still_be_called_as_a_function() {
    assert_eq!(always_io::call().await.unwrap_err().to_string(), "reading");
}

#[test]
fn tasks_that_cannot_be_run_are_refused_with_the_reason() {
    let error = Tasks::new().register(make).check().unwrap_err().to_string();
    assert!(error.contains("reports.make version 1 takes `Data<") && error.contains("::Name>`"), "{error}");
    let error = tasks().register(make).check().unwrap_err().to_string();
    assert!(error.contains("reports.make version 1 is registered twice"), "{error}");
    let error = tasks().data(Name("Bob")).check().unwrap_err().to_string();
    assert!(error.contains("given twice"), "{error}");
    assert!(Tasks::new().check().unwrap_err().to_string().contains("no task to run"));
}

#[test]
fn the_catalogue_gets_the_schema_and_the_policy() {
    let tasks = tasks();
    let registration = tasks.registrations().next().unwrap();
    let schema = registration.parameters_schema.as_ref().unwrap();
    assert_eq!(schema["required"], serde_json::json!(["report_id"]));
    assert_eq!(registration.policy.max_concurrent, Some(1));
    let demo = demo::tasks();
    let names: Vec<&str> = demo.registrations().map(|registration| registration.task_type.name.as_str()).collect();
    assert_eq!(names.len(), 11);
    assert!(demo.registrations().all(|registration| registration.policy.max_concurrent.is_none()));
    let failing = demo.registrations().find(|registration| registration.task_type.name == "scheduled_fail_task");
    assert_eq!(failing.unwrap().policy.retry_delay, Some(Duration::ZERO));
}

#[derive(Debug, thiserror::Error)]
#[error("reading")]
struct Reading(#[source] io::Error);

#[task(version = 1, max_retries = 1, expected_errors(io::Error))]
async fn always_io() -> Result<(), Reading> {
    Err(Reading(io::Error::other("disk")))
}

#[task(version = 1, max_retries = 1, expected_errors(io::Error))]
async fn io_in_anyhow() -> Result<(), anyhow::Error> {
    Err(anyhow::Error::new(io::Error::other("disk")))
}

#[task(version = 1, max_retries = 1, expected_errors(any))]
async fn any_error() -> Result<(), String> {
    Err("whatever".to_owned())
}

#[task(version = 1, max_retries = 1, expected_errors(io::Error))]
async fn fatal_in_spite_of_all() -> Result<(), anyhow::Error> {
    Err(TaskError::fatal(io::Error::other("disk")).into())
}

#[task(version = 1, max_retries = 1)]
async fn retry_in_spite_of_all() -> Result<(), anyhow::Error> {
    Err(anyhow::Error::new(TaskError::retry("busy")).context("asking"))
}

#[tokio::test]
async fn an_expected_error_anywhere_in_the_chain_is_retried() {
    let tasks =
        || Tasks::new().register(always_io).register(io_in_anyhow).register(any_error).register(retry_in_spite_of_all);
    for (name, error) in [
        ("always_io", ("reading: disk", "Reading")),
        ("io_in_anyhow", ("disk", "Error")),
        ("any_error", ("whatever", "Error")),
        ("retry_in_spite_of_all", ("asking: busy", "Error")),
    ] {
        let task = Place::run(tasks(), name, "{}").await;
        assert_eq!((task.status, task.attempt, task.failures), (Status::Failed, 2, 2), "{name}");
        assert_eq!(last_error(&task), error, "{name}");
    }
}

#[tokio::test]
async fn a_fatal_error_is_not_retried() {
    let task = Place::run(Tasks::new().register(fatal_in_spite_of_all), "fatal_in_spite_of_all", "{}").await;
    assert_eq!((task.status, task.attempt), (Status::Failed, 1));
}

#[tokio::test]
async fn a_panic_fails_the_task_and_tells_where() {
    let task = Place::run(demo::tasks(), "crash_task", r#"{"panic":true}"#).await;
    assert_eq!((task.status, task.attempt), (Status::Failed, 1));
    let detail = &task.attempts[0].detail;
    assert_eq!(detail.kind, EndKind::Panicked);
    assert!(detail.error.contains("crash_task was asked to panic at "), "{}", detail.error);
    assert!(detail.backtrace.as_ref().is_some_and(|trace| trace.contains("crash_task")), "{:?}", detail.backtrace);
}

#[task(version = 1)]
fn blocking_panic() -> Result<(), String> {
    panic!("no way")
}

#[tokio::test]
async fn a_panic_of_a_blocking_handler_leaves_its_worker_alone() {
    let place = Place::sqlite().await;
    let worker = place.work(Tasks::new().register(blocking_panic).register(any_error), settings());
    let (first, second) = (place.submit("blocking_panic", "{}").await, place.submit("any_error", "{}").await);
    let task = place.ended(first).await;
    assert!(is_failed(&task) && last_error(&task).0.starts_with("panicked: no way at "), "{task:?}");
    assert!(is_failed(&place.ended(second).await));
    worker.stop().await;
}

#[task(version = 1)]
async fn large() -> Result<String, String> {
    Ok("x".repeat(2 * 1024 * 1024))
}

#[tokio::test]
async fn a_result_that_is_too_large_fails_the_task() {
    let task = Place::run(Tasks::new().register(large), "large", "{}").await;
    assert!(is_failed(&task));
    assert_eq!(last_error(&task), ("the result has 2097154 bytes; MAX_RESULT allows 1048576", "ResultTooLarge"));
}

#[tokio::test]
async fn the_words_of_a_folder_are_counted() {
    let place = Place::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("a.txt"), "one two\ntwo\n").unwrap();
    std::fs::write(folder.path().join("sub/b.txt"), "Three three three").unwrap();
    std::fs::write(folder.path().join("image"), b"\0\0\0").unwrap();
    let parameters = serde_json::json!({ "path": folder.path() }).to_string();
    let worker = place.work(demo::tasks(), settings());
    let id = place.submit("word_count", parameters.leak()).await;
    let task = place.ended(id).await;
    let result: serde_json::Value = serde_json::from_slice(&task.result.unwrap()).unwrap();
    let expected = serde_json::json!({
        "files": 2, "skipped": 1, "lines": 3, "words": 6, "bytes": 29,
        "most_frequent": [{ "word": "three", "count": 3 }, { "word": "two", "count": 2 }, { "word": "one", "count": 1 }],
    });
    assert_eq!(result, expected);
    let id = place.submit("word_count", r#"{"path":"/nowhere/at/all"}"#).await;
    let task = place.ended(id).await;
    assert!(is_failed(&task) && last_error(&task).0.contains("/nowhere/at/all"), "{task:?}");
    worker.stop().await;
}
