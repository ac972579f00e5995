use jobbers_conformance::sample::{completed, failed_for_later};
use jobbers_core::model::{ProcessInfo, ProcessKind, Progress, WorkerId};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, method, post, post_json};
use crate::workers::{TTL, process};

async fn explain(manager: &Manager, id: &str) -> Value {
    let explanation = manager.send(get(format!("/tasks/{id}/explain"))).await.expect(200);
    assert_eq!((&explanation["task_id"], &explanation["queue"]), (&json!(id), &json!("default")));
    assert!(explanation["sentence"].as_str().is_some_and(|text| text.starts_with("It ") || text.starts_with("The ")));
    assert_eq!(explanation["status"], manager.task(id).await["status"]);
    explanation
}

fn reason<'e>(explanation: &'e Value, fields: &[&str]) -> (&'e str, Vec<&'e Value>) {
    (explanation["reason"].as_str().expect("a word"), fields.iter().map(|field| &explanation[field]).collect())
}

/// A live process of this id, as the workers of the tests do not say that they are alive.
fn alive(id: WorkerId) -> ProcessInfo {
    ProcessInfo { id, ..process(1, ProcessKind::Worker) }
}

#[tokio::test]
async fn a_task_is_explained_from_its_submission_to_its_end() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    manager.greet().await;
    let told = explain(&manager, &id).await;
    assert_eq!(reason(&told, &["other_workers", "waiting_of_type"]), ("no_consumer", vec![&json!(0), &json!(2)]));
    assert!(told["waiting_since"].is_string());
    assert!(told["sentence"].as_str().unwrap().ends_with("; nobody runs role `default`."), "{told}");

    let stranger = ProcessInfo { types: Vec::new(), ..process(5, ProcessKind::Worker) };
    manager.store.announce(&stranger, TTL).await.unwrap();
    let told = explain(&manager, &id).await;
    assert_eq!(reason(&told, &["consumers", "will_be_dropped"]), ("unknown_type", vec![&json!(1), &json!(false)]));

    manager.store.announce(&alive(worker.id), TTL).await.unwrap();
    let told = explain(&manager, &id).await;
    assert_eq!(reason(&told, &["workers", "workers_with_free_slot"]), ("waiting", vec![&json!(1), &json!(1)]));

    let claimed = worker.claim_one().await;
    worker.beat(&claimed, Some(Progress { percent: 40.0, message: None })).await;
    let told = explain(&manager, &id).await;
    let progress = json!({"percent": 40.0});
    let its_worker = json!(worker.id.to_string());
    assert_eq!(
        reason(&told, &["attempt", "worker", "progress", "cancel_requested_at"]),
        ("running", vec![&json!(1), &its_worker, &progress, &Value::Null])
    );
    assert!(told["started_at"].is_string() && told["heartbeat_at"].is_string(), "{told}");

    manager.store.retire(worker.id).await.unwrap();
    let told = explain(&manager, &id).await;
    assert_eq!(reason(&told, &["worker", "scheduler_alive"]), ("worker_lost", vec![&its_worker, &json!(false)]));
    manager.store.announce(&process(2, ProcessKind::Scheduler), TTL).await.unwrap();
    let told = explain(&manager, &id).await;
    assert_eq!(reason(&told, &["scheduler_alive"]), ("worker_lost", vec![&json!(true)]));

    manager.store.announce(&alive(worker.id), TTL).await.unwrap();
    let asked = manager.send(post(format!("/tasks/{id}/cancel"))).await.expect(200);
    let told = explain(&manager, &id).await;
    assert_eq!(reason(&told, &["cancel_requested_at"]), ("stopping", vec![&asked["cancel_requested_at"]]));

    worker.finish(&claimed, completed("3")).await;
    let told = explain(&manager, &id).await;
    let ended = manager.task(&id).await;
    assert_eq!(
        reason(&told, &["ended_at", "attempt", "worker", "scheduler_alive", "waiting_since"]),
        ("ended", vec![&ended["completed_at"], &json!(1), &Value::Null, &Value::Null, &Value::Null])
    );
}

#[tokio::test]
async fn a_task_for_later_tells_when_and_why() {
    let manager = Manager::start().await;
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}, "run_at": "2040-01-01T00:00:00Z"});
    let later = manager.send(post_json("/tasks", &body)).await.expect(201)["id"].as_str().unwrap().to_owned();
    let told = explain(&manager, &later).await;
    let due = json!("2040-01-01T00:00:00.000Z");
    assert_eq!(
        reason(&told, &["run_at", "retry", "scheduler_alive"]),
        ("scheduled", vec![&due, &Value::Null, &json!(false)])
    );
    assert!(told["sentence"].as_str().unwrap().ends_with(", but no scheduler is alive."), "{told}");

    manager.store.announce(&process(2, ProcessKind::Scheduler), TTL).await.unwrap();
    let mut worker = manager.worker().await;
    for (seconds, word) in [(600, "scheduled"), (0, "overdue")] {
        let id = manager.greet().await;
        let claimed = worker.claim_one().await;
        worker.finish(&claimed, failed_for_later("no tea", seconds)).await;
        let told = explain(&manager, &id).await;
        assert_eq!(reason(&told, &["retry", "scheduler_alive"]), (word, vec![&json!(1), &json!(true)]));
    }
}

#[tokio::test]
async fn what_cannot_be_explained_says_why() {
    let manager = Manager::start().await;
    manager.send(get("/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV/explain")).await.problem(404);
    manager.send(get("/tasks/x/explain")).await.problem(400);
    manager.send(method("POST", "/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV/explain")).await.problem(405);
}
