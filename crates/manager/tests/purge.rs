//! Cancelling what waits, and deleting a queue with its tasks.

use std::collections::BTreeMap;

use jobbers_conformance::Worker;
use jobbers_conformance::sample::confirmed_cancelled;
use jobbers_core::model::TaskType;
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, method, post, post_json};

/// This many tasks in a queue: waiting, and scheduled.
async fn fill(manager: &Manager, queue: &str, waiting: usize, scheduled: usize) -> Vec<String> {
    let now = json!({"name": "anything", "version": 2, "queue": queue});
    let mut later = now.clone();
    later["delay"] = json!(3600);
    let items = [vec![now; waiting], vec![later; scheduled]].concat();
    manager.submit_all(&Value::from(items)).await
}

/// How many tasks of a queue have each status.
async fn statuses(manager: &Manager, queue: &str) -> BTreeMap<String, usize> {
    let page = manager.send(get(format!("/tasks?queue={queue}&limit=1000"))).await.expect(200);
    let mut statuses = BTreeMap::new();
    for task in page["tasks"].as_array().expect("tasks") {
        *statuses.entry(task["status"].as_str().expect("a status").to_owned()).or_default() += 1;
    }
    statuses
}

fn counted<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.into_iter().map(|(status, count)| (status.to_owned(), count)).collect()
}

async fn worker(manager: &Manager, queue: &str) -> Worker {
    let worker = Worker::consuming(&manager.store, 2, &[queue], &[TaskType::new("anything", 2)]).await;
    manager.store.register(&crate::harness::registrations()).await.expect("register");
    worker
}

/// What a purge answered, without the time that it is about.
fn without_before(mut reply: Value) -> Value {
    assert!(reply.as_object_mut().expect("an object").remove("before").is_some_and(|before| before.is_string()));
    reply
}

#[tokio::test]
async fn what_waits_is_cancelled_and_what_runs_or_is_scheduled_stays() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    let mut worker = worker(&manager, "mails").await;
    fill(&manager, "mails", 5, 2).await;
    fill(&manager, "default", 3, 0).await;
    assert_eq!(worker.claim(2).await.len(), 2);
    let reply = manager.send(post("/queues/mails/purge")).await.expect(200);
    assert_eq!(without_before(reply), json!({"cancelled": 3, "remaining": 0}));
    assert_eq!(statuses(&manager, "mails").await, counted([("cancelled", 3), ("scheduled", 2), ("started", 2)]));
    assert_eq!(statuses(&manager, "default").await, counted([("submitted", 3)]));
    let reply = manager.send(post("/queues/mails/purge")).await.expect(200);
    assert_eq!(without_before(reply), json!({"cancelled": 0, "remaining": 0}));
    let reply = manager.send(post("/queues/mails/purge?scheduled=true")).await.expect(200);
    assert_eq!(without_before(reply), json!({"cancelled": 2, "remaining": 0}));
    assert_eq!(statuses(&manager, "mails").await, counted([("cancelled", 5), ("started", 2)]));
}

#[tokio::test]
async fn what_came_later_is_left_alone() {
    let manager = Manager::start().await;
    fill(&manager, "default", 2, 0).await;
    let reply = manager.send(post("/queues/default/purge")).await.expect(200);
    let before = reply["before"].as_str().expect("a time").to_owned();
    // The clock of the store tells milliseconds.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    fill(&manager, "default", 4, 0).await;
    let reply = manager.send(post(format!("/queues/default/purge?before={before}"))).await.expect(200);
    assert_eq!(reply, json!({"cancelled": 0, "remaining": 0, "before": before}));
    assert_eq!(statuses(&manager, "default").await, counted([("cancelled", 2), ("submitted", 4)]));
    let reply = manager.send(post("/queues/default/purge?before=2999-01-01T00:00:00Z")).await.expect(200);
    assert_eq!(reply["cancelled"], 4);
    assert!(reply["before"].as_str().is_some_and(|before| before < "2999"), "{reply}");
}

#[tokio::test]
async fn a_purge_that_is_done_is_not_noted_any_more() {
    let manager = Manager::start().await;
    fill(&manager, "default", 1_200, 0).await;
    let reply = manager.send(post("/queues/default/purge")).await.expect(200);
    assert_eq!(without_before(reply), json!({"cancelled": 1_200, "remaining": 0}));
    assert_eq!(removals(&manager).await, 0);
}

async fn removals(manager: &Manager) -> i64 {
    use sqlx::ConnectOptions;
    let mut file =
        sqlx::sqlite::SqliteConnectOptions::new().filename(manager.sql_file()).connect().await.expect("a connection");
    sqlx::query_scalar("SELECT COUNT(*) FROM removals").fetch_one(&mut file).await.expect("a count")
}

#[tokio::test]
async fn an_empty_queue_is_deleted_and_what_crosses_that_is_cancelled_later() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    let reply = manager.send(method("DELETE", "/queues/mails")).await.expect(200);
    assert_eq!(reply, json!({"message": "Queue deleted", "cancelled": 0, "stopping": 0, "remaining": 0}));
    assert_eq!(removals(&manager).await, 1, "a scheduler looks for what crossed it");
}

#[tokio::test]
async fn by_force_a_queue_is_deleted_with_what_waits_and_what_runs_is_asked_to_stop() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    let mut worker = worker(&manager, "mails").await;
    fill(&manager, "mails", 5, 2).await;
    let running = worker.claim(2).await;
    let problem = manager.send(method("DELETE", "/queues/mails")).await.problem(409);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("it has 3 waiting, 2 scheduled and 2 started."), "{detail}");
    let reply = manager.send(method("DELETE", "/queues/mails?force=true")).await.expect(200);
    assert_eq!(reply, json!({"message": "Queue deleted", "cancelled": 5, "stopping": 2, "remaining": 0}));
    assert_eq!(statuses(&manager, "mails").await, counted([("cancelled", 5), ("started", 2)]));
    for task in &running {
        let task_id = task.id.to_string();
        assert!(manager.task(&task_id).await["cancel_requested_at"].is_string());
        worker.finish(task, confirmed_cancelled()).await;
    }
    assert_eq!(statuses(&manager, "mails").await, counted([("cancelled", 7)]));
    manager.send(get("/queues/mails/config")).await.problem(404);
    let submission = json!({"name": "anything", "version": 2, "queue": "mails"});
    manager.send(post_json("/tasks", &submission)).await.problem(400);
}

#[tokio::test]
async fn a_queue_that_was_deleted_can_be_purged_and_one_that_never_was_cannot() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    fill(&manager, "mails", 2, 0).await;
    manager.send(method("DELETE", "/queues/mails?force=true")).await.expect(200);
    let reply = manager.send(post("/queues/mails/purge")).await.expect(200);
    assert_eq!(without_before(reply), json!({"cancelled": 0, "remaining": 0}));
    let problem = manager.send(post("/queues/images/purge")).await.problem(404);
    assert_eq!(problem["detail"], "there is no queue `images`: default is the only one");
}
