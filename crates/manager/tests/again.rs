use jobbers_conformance::sample::{completed, failed};
use serde_json::json;

use crate::harness::Manager;
use crate::http::{get, method, post, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[tokio::test]
async fn an_ended_task_runs_again_with_its_history() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, failed("no tea")).await;
    assert_eq!(manager.task(&id).await["status"], "failed");
    let task = manager.send(post(format!("/tasks/{id}/resubmit"))).await.expect(200);
    assert_eq!((&task["id"], &task["status"]), (&json!(id), &json!("submitted")));
    assert_eq!((&task["errors"], &task["attempt"], &task["retry_attempt"]), (&json!(["no tea"]), &json!(1), &json!(0)));
    let problem = manager.send(post(format!("/tasks/{id}/resubmit"))).await.problem(409);
    let detail = format!(
        "task {id} is submitted and cannot be resubmitted: only failed, stalled, cancelled and dropped tasks can"
    );
    assert_eq!(problem["detail"], detail);
    let claimed = worker.claim_one().await;
    assert_eq!(claimed.attempt, 2, "attempt numbers go on");
    worker.finish(&claimed, completed("1")).await;
    manager.send(post(format!("/tasks/{id}/resubmit"))).await.problem(409);
    assert_eq!(manager.task(&id).await["status"], "completed");
}

#[tokio::test]
async fn a_scheduled_task_runs_ahead_of_its_time() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}, "delay": 3600});
    let task = manager.send(post_json("/tasks", &body)).await.expect(201);
    let id = task["id"].as_str().unwrap();
    assert!(worker.claim_all().await.is_empty());
    let task = manager.send(post(format!("/tasks/{id}/run"))).await.expect(200);
    assert_eq!((&task["status"], task.get("run_at")), (&json!("submitted"), None));
    assert_eq!(worker.claim_all().await.len(), 1);
    let problem = manager.send(post(format!("/tasks/{id}/run"))).await.problem(409);
    let detail = format!("task {id} is started and cannot be run ahead of its time: only scheduled tasks can");
    assert_eq!(problem["detail"], detail);
}

#[tokio::test]
async fn only_an_ended_task_is_removed() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    let path = format!("/tasks/{id}");
    let problem = manager.send(method("DELETE", &path)).await.problem(409);
    let detail =
        format!("task {id} is submitted and cannot be removed: only tasks that have ended can, so cancel it first");
    assert_eq!(problem["detail"], detail);
    manager.send(post(format!("/tasks/{id}/cancel"))).await.expect(200);
    let reply = manager.send(method("DELETE", &path)).await.expect(200);
    assert_eq!(reply, json!({"message": "Task removed", "task_id": id}));
    manager.send(get(&path)).await.problem(404);
    manager.send(method("DELETE", &path)).await.problem(404);
    assert_eq!(manager.send(get("/tasks")).await.expect(200)["tasks"], json!([]));
}

#[tokio::test]
async fn unknown_and_malformed_ids_are_told_apart() {
    let manager = Manager::start().await;
    for request in [
        post(format!("/tasks/{ID}/resubmit")),
        post(format!("/tasks/{ID}/run")),
        method("DELETE", format!("/tasks/{ID}")),
        get(format!("/dead-letter-queue/{ID}/history")),
    ] {
        let problem = manager.send(request).await.problem(404);
        assert_eq!(problem["detail"], format!("there is no task {ID}"));
    }
    for request in [
        post("/tasks/x/resubmit"),
        post("/tasks/x/run"),
        method("DELETE", "/tasks/x"),
        get("/dead-letter-queue/x/history"),
    ] {
        assert_eq!(manager.send(request).await.problem(400)["title"], "Not a task id");
    }
}
