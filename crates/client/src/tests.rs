mod batch;
mod dead_letters;
mod events;
mod explain;
mod fake;
mod lists;
mod queues;
mod roles;
mod steer;
mod types;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use fake::{Answer, Call, Manager, problem, task};

#[tokio::test]
async fn a_submission_is_sent_with_an_id_and_the_token() {
    let manager = Manager::start(vec![Answer::Reply(201, task("submitted"))]).await;
    let submission = Submission::new("noop", 1).parameters(json!({"n": 1}));
    let answer = manager.client().submit(submission).await.expect("a task");
    assert_eq!((answer.status, answer.attempt), (Status::Submitted, 1));
    assert_eq!(answer.result, Some(Value::Null));
    let Call { head, body } = &manager.calls()[0];
    assert!(head.starts_with("POST /tasks HTTP/1.1") && head.contains("authorization: Bearer sesame"), "{head}");
    assert_eq!(body["parameters"], json!({"n": 1}));
    assert_eq!(body["id"].as_str().map(str::len), Some(26));
    assert!(body.get("queue").is_none());
}

#[tokio::test]
async fn after_a_broken_connection_the_same_submission_is_sent_again() {
    let manager = Manager::start(vec![Answer::HangUp, Answer::Reply(200, task("started"))]).await;
    let answer = manager.client().submit(Submission::new("noop", 1)).await.expect("a task");
    assert_eq!(answer.status, Status::Started);
    let calls = manager.calls();
    assert_eq!(calls.len(), 2);
    assert!(calls[0].body["id"].is_string());
    assert_eq!(calls[0].body, calls[1].body);
}

#[tokio::test]
async fn a_refusal_carries_detail_and_fields() {
    let problem = json!({"type": "urn:x", "title": "Wrong fields", "status": 422, "detail": "2 fields are wrong",
        "errors": [{"pointer": "/parameters/n", "detail": "is not an integer"}]});
    let manager = Manager::start(vec![Answer::Reply(422, problem)]).await;
    let error = manager.client().submit(Submission::new("noop", 1)).await.expect_err("refused");
    assert_eq!(error.to_string(), "2 fields are wrong\n  /parameters/n is not an integer");
    assert!(!error.is_transient());
    let problem = error.problem().expect("a problem");
    assert_eq!((problem.status, problem.errors[0].pointer.as_str()), (422, "/parameters/n"));
    assert_eq!(problem.retry_after, Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn what_is_no_manager_is_told_from_one() {
    let manager = Manager::start(vec![Answer::Reply(404, json!("nginx")), Answer::Reply(200, json!([]))]).await;
    for _ in 0..2 {
        let error = manager.client().get("x").await.expect_err("not a task");
        assert!(matches!(error, Error::Unexpected { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_silent_manager_is_given_up_in_time() {
    let manager = Manager::start(vec![Answer::Silence]).await;
    let client = manager.client().with_timeout(Duration::from_millis(50)).with_patience(Duration::ZERO);
    let error = client.get("x").await.expect_err("no answer");
    assert!(matches!(&error, Error::NoAnswer { detail, .. } if detail == "the time was over"), "{error}");
}

#[tokio::test]
async fn where_nobody_listens_this_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = Client::new(&url, None).expect("a client").get("x").await.expect_err("nobody");
    assert!(matches!(error, Error::Unreachable { .. }));
    assert!(error.to_string().starts_with(&format!("no manager answers at {url} (")), "{error}");
}

#[tokio::test]
async fn a_wait_goes_on_until_the_end_and_over_a_short_absence() {
    let away = json!({"status": 503, "detail": "the store does not answer"});
    let answers = vec![
        Answer::Reply(200, task("started")),
        Answer::HangUp,
        Answer::Reply(503, away),
        Answer::Reply(200, task("completed")),
    ];
    let manager = Manager::start(answers).await;
    let task = manager.client().wait("01JBKR2E5F3G4H5J6K7X8M9N0P", None).await.expect("the task");
    assert_eq!(task.status, Status::Completed);
    let calls = manager.calls();
    assert_eq!(calls.len(), 4);
    let paths: Vec<&str> = calls.iter().filter_map(|call| call.head.split(' ').nth(1)).collect();
    let (task, waiting) = ("/tasks/01JBKR2E5F3G4H5J6K7X8M9N0P", "/tasks/01JBKR2E5F3G4H5J6K7X8M9N0P?wait=60.0");
    // Too many may be waiting: then it is only asked.
    assert_eq!(paths, [waiting, waiting, waiting, task]);
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_over() {
    let manager = Manager::start(vec![Answer::Reply(200, task("submitted"))]).await;
    let task = manager.client().wait("01JBKR2E5F3G4H5J6K7X8M9N0P", Some(Duration::ZERO)).await.expect("the task");
    assert_eq!(task.status, Status::Submitted);
}

#[tokio::test]
async fn an_unknown_task_is_not_waited_for() {
    let manager = Manager::start(vec![Answer::Reply(404, json!({"status": 404, "detail": "no such task"}))]).await;
    let error = manager.client().wait("x", None).await.expect_err("unknown");
    assert_eq!(error.problem().map(|problem| problem.status), Some(404));
}

#[tokio::test]
async fn ids_cannot_leave_their_place_in_the_path() {
    let manager = Manager::start(vec![Answer::Reply(400, json!({"status": 400, "detail": "malformed"}))]).await;
    let _ = manager.client().cancel("../x?y#z").await;
    let head = &manager.calls()[0].head;
    assert!(head.starts_with("POST /tasks/..%2Fx%3Fy%23z/cancel HTTP/1.1"), "{head}");
}

#[test]
fn addresses_and_tokens_are_checked() {
    for url in ["", "localhost:8000", "redis://x", "http://me:secret@host", "http://host/?x=1", "http://"] {
        let error = Client::new(url, None).expect_err(url);
        assert!(matches!(&error, Error::Configuration(_)), "{error}");
        assert!(!error.to_string().contains("secret"));
    }
    assert!(Client::new("http://host", Some("two words")).is_err());
    let client = Client::new("https://host/api/", Some("sesame")).expect("a client");
    assert_eq!(client.at(&["tasks"]).as_str(), "https://host/api/tasks");
    assert!(!format!("{client:?}").contains("sesame"));
}

#[test]
fn statuses_of_a_newer_manager_are_kept() {
    let status: Status = serde_json::from_str("\"paused\"").expect("a status");
    assert_eq!(status, Status::Other("paused".to_owned()));
    assert_eq!(serde_json::to_string(&Status::Completed).expect("a text"), "\"completed\"");
}
