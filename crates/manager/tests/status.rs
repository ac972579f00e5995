use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jobbers_conformance::sample::completed;
use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{EndDetail, EndKind};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, post_json};

fn failure() -> EndDetail {
    EndDetail { kind: EndKind::Failed, error: "no tea".into(), error_type: "TeaError".into(), backtrace: None }
}

#[tokio::test]
async fn a_task_shows_its_life() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;

    let claimed = worker.claim_one().await;
    let started = manager.task(&id).await;
    assert_eq!((&started["status"], &started["attempt"]), (&json!("started"), &json!(1)));
    assert_eq!(started["worker"], worker.id.to_string());
    assert!(started["started_at"].is_string());

    worker.finish(&claimed, Outcome::FailedExpectedly { end: failure(), retry_after: None }).await;
    let retried = manager.task(&id).await;
    assert_eq!((&retried["status"], &retried["retry_attempt"]), (&json!("submitted"), &json!(1)));
    assert_eq!((&retried["error"], &retried["errors"]), (&json!("no tea"), &json!(["no tea"])));
    assert_eq!(retried["retried_at"], retried["attempts"][0]["failed_at"]);
    assert_eq!(retried["attempts"][0]["error_type"], "TeaError");

    let claimed = worker.claim_one().await;
    worker.finish(&claimed, completed(r#"{"said": "hello", "password": "s3cret"}"#)).await;
    let done = manager.task(&id).await;
    assert_eq!(done["status"], "completed");
    assert_eq!(done["result"], json!({"said": "hello", "password": "[redacted]"}));
    assert!(done["completed_at"].is_string());
    assert_eq!(done["max_retries"], 4);

    let older = manager.send(get(format!("/task-status/{id}"))).await.expect(200);
    assert_eq!((&older["results"], &older["last_error"]), (&done["result"], &json!("no tea")));
    assert_eq!(older["last_heartbeat_at"], Value::Null);
    assert_eq!(older["id"], done["id"]);
}

#[tokio::test]
async fn hidden_fields_are_hidden_before_the_first_start_too() {
    let manager = Manager::start().await;
    let parameters = json!({"name": "Ada", "password": "correct horse"});
    let body = json!({"name": "greet", "version": 1, "parameters": parameters});
    let task = manager.send(post_json("/tasks", &body)).await.expect(201);
    assert_eq!(task["parameters"], json!({"name": "Ada", "password": "[redacted]"}));
    let mut worker = manager.worker().await;
    let claimed = worker.claim_one().await;
    assert!(String::from_utf8_lossy(&claimed.parameters).contains("correct horse"), "the handler gets it");
}

#[tokio::test]
async fn whoever_waits_is_answered_when_the_task_ends() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let waiting = async {
        let requests = ["/tasks/", "/task-status/"].into_iter().cycle().take(40);
        join_all(requests.map(|path| manager.send(get(format!("{path}{id}?wait=60"))))).await
    };
    let ending = async {
        let claimed = worker.claim_one().await;
        worker.finish(&claimed, completed("1")).await
    };
    let (replies, _) = tokio::join!(waiting, ending);
    for reply in replies {
        assert_eq!(reply.expect(200)["status"], "completed");
    }
    assert_eq!(manager.send(get(format!("/tasks/{id}?wait=60"))).await.expect(200)["status"], "completed");
}

#[tokio::test]
async fn a_waiter_is_answered_when_the_time_is_over() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    for (wait, least) in [("0", 0), ("0.2", 200)] {
        let begin = Instant::now();
        let task = manager.send(get(format!("/tasks/{id}?wait={wait}"))).await.expect(200);
        assert_eq!(task["status"], "submitted");
        assert!(begin.elapsed() >= Duration::from_millis(least), "{wait}");
    }
}
