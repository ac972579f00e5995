use jobbers_conformance::sample::completed;
use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{EndDetail, EndKind};
use serde_json::json;

use crate::harness::Manager;
use crate::http::post;

#[tokio::test]
async fn a_waiting_task_is_cancelled_at_once() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let task = manager.send(post(format!("/tasks/{id}/cancel"))).await.expect(200);
    assert_eq!((&task["id"], &task["status"]), (&json!(id), &json!("cancelled")));
    assert!(task["completed_at"].is_string());
    assert!(worker.claim_all().await.is_empty());
    let problem = manager.send(post(format!("/tasks/{id}/cancel"))).await.problem(409);
    let detail = format!(
        "task {id} is cancelled and cannot be cancelled any more: only submitted, scheduled and started tasks can"
    );
    assert_eq!(problem["detail"], detail);
}

#[tokio::test]
async fn a_started_task_is_asked_to_end() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let claimed = worker.claim_one().await;
    let task = manager.send(post(format!("/tasks/{id}/cancel"))).await.expect(200);
    assert_eq!(task["status"], "started");
    assert!(task["cancel_requested_at"].is_string());
    let again = manager.send(post(format!("/task/{id}/cancel"))).await.expect(200);
    assert_eq!(again["message"], "Cancellation requested");
    assert_eq!(again["task"]["cancel_requested_at"], task["cancel_requested_at"], "since the first request");
    let end = EndDetail {
        kind: EndKind::Cancelled,
        error: "stopped on request".into(),
        error_type: "Cancelled".into(),
        backtrace: None,
    };
    worker.finish(&claimed, Outcome::Cancelled(end)).await;
    assert_eq!(manager.task(&id).await["status"], "cancelled");
}

#[tokio::test]
async fn the_older_route_says_what_happened() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let reply = manager.send(post(format!("/task/{id}/cancel"))).await.expect(200);
    assert_eq!((&reply["message"], &reply["task"]["status"]), (&json!("Task cancelled"), &json!("cancelled")));
    assert_eq!(reply["task"]["results"], json!({}));

    let id = manager.greet().await;
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, completed("1")).await;
    manager.send(post(format!("/task/{id}/cancel"))).await.problem(409);
    assert_eq!(manager.task(&id).await["status"], "completed");
}
