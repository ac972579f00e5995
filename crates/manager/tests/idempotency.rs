use serde_json::{Value, json};

use crate::harness::{Manager, settings};
use crate::http::{Request, get, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const OTHER_ID: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";

fn keyed(path: &str, body: &Value, key: &str) -> Request {
    post_json(path, body).header("idempotency-key", key)
}

#[tokio::test]
async fn the_same_key_with_the_same_content_is_the_same_task() {
    let manager = Manager::start().await;
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}});
    let created = manager.send(keyed("/tasks", &body, "order 12")).await.expect(201);
    let again = manager.send(keyed("/tasks", &body, "order 12")).await;
    assert_eq!(again.header("location"), Some(format!("/tasks/{}", created["id"].as_str().unwrap()).as_str()));
    assert_eq!(again.expect(200), created);
    let mut worker = manager.worker().await;
    assert_eq!(worker.claim(1).await.len(), 1);
    let started = manager.send(keyed("/tasks", &body, "order 12")).await.expect(200);
    assert_eq!((&started["id"], &started["status"]), (&created["id"], &json!("started")));
    assert_ne!(manager.send(keyed("/tasks", &body, "order 13")).await.expect(201)["id"], created["id"]);

    let mut other = body.clone();
    other["priority"] = json!(1);
    let problem = manager.send(keyed("/tasks", &other, "order 12")).await.problem(409);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Idempotency-Key") && detail.contains(created["id"].as_str().unwrap()), "{detail}");
}

#[tokio::test]
async fn the_older_routes_take_a_key_as_well() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2, "queue": "default", "parameters": {}});
    let first = manager.send(keyed("/submit-task", &body, "k")).await.expect(200);
    assert_eq!(manager.send(keyed("/submit-task", &body, "k")).await.expect(200)["task"]["id"], first["task"]["id"]);
    let later = json!({"task": body, "run_at": "2999-01-01T00:00:00Z"});
    manager.send(keyed("/schedule-task", &later, "k")).await.problem(409);
    let scheduled = manager.send(keyed("/schedule-task", &later, "l")).await.expect(200);
    assert_eq!(manager.send(keyed("/schedule-task", &later, "l")).await.expect(200), scheduled);
}

#[tokio::test]
async fn a_key_and_an_id_both_hold() {
    let manager = Manager::start().await;
    let with_id = |id: &str| json!({"name": "anything", "version": 2, "id": id});
    let created = manager.send(keyed("/tasks", &with_id(ID), "k")).await.expect(201);
    assert_eq!(manager.send(keyed("/tasks", &with_id(ID), "k")).await.expect(200), created);
    let problem = manager.send(keyed("/tasks", &with_id(OTHER_ID), "k")).await.problem(409);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(ID) && detail.contains(OTHER_ID), "{detail}");
    manager.send(get(format!("/tasks/{OTHER_ID}"))).await.problem(404);
    let without_id = json!({"name": "anything", "version": 2});
    assert_eq!(manager.send(keyed("/tasks", &without_id, "k")).await.expect(200)["id"], ID);
}

#[tokio::test]
async fn keys_of_a_batch_are_of_its_items() {
    let manager = Manager::start().await;
    let item = json!({"name": "anything", "version": 2});
    let first = manager.send(keyed("/tasks/batch", &json!([item, item]), "k")).await.expect(200);
    let results = first["results"].as_array().unwrap();
    assert_ne!(results[0]["id"], results[1]["id"]);
    let single = manager.send(keyed("/tasks", &item, "k")).await.expect(201);
    assert!(results.iter().all(|result| result["id"] != single["id"]), "a single submission is another thing");
    let changed = json!([item, {"name": "anything", "version": 2, "priority": 1}, item]);
    let again = manager.send(keyed("/tasks/batch", &changed, "k")).await.expect(200);
    let statuses: Vec<&Value> = again["results"].as_array().unwrap().iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, ["exists", "conflict", "submitted"]);
}

#[tokio::test]
async fn callers_have_keys_of_their_own() {
    let tokens = "a:submit:s3cret1,b:submit:s3cret2".parse().unwrap();
    let manager = Manager::start_with(jobbers_manager::ManagerSettings { tokens: Some(tokens), ..settings() }).await;
    let body = json!({"name": "anything", "version": 2});
    let send = |secret: &str| keyed("/tasks", &body, "k").header("authorization", &format!("Bearer {secret}"));
    let of_a = manager.send(send("s3cret1")).await.expect(201);
    let of_b = manager.send(send("s3cret2")).await.expect(201);
    assert_ne!(of_a["id"], of_b["id"]);
    assert_eq!(manager.send(send("s3cret1")).await.expect(200)["id"], of_a["id"]);
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_so_is_one_that_would_do_nothing() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2});
    for key in ["", &"k".repeat(256), "sch\u{f6}n"] {
        let problem = manager.send(keyed("/tasks", &body, key)).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().contains("1 to 255 printable ASCII"), "{problem}");
    }
    for path in ["/tasks/cancel", "/tasks/resubmit", "/dead-letter-queue/resubmit"] {
        let problem = manager.send(keyed(path, &json!({"task_ids": []}), "k")).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().contains("takes no Idempotency-Key"), "{problem}");
    }
}
