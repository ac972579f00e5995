use std::collections::HashSet;

use futures_util::future::join_all;
use jobbers_core::model::Timestamp;
use jobbers_manager::ManagerSettings;
use serde_json::{Value, json};

use crate::harness::{Manager, settings};
use crate::http::{get, post_bytes, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[tokio::test]
async fn a_new_task_is_answered_as_the_store_has_it() {
    let manager = Manager::start().await;
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada", "times": 2}});
    let reply = manager.send(post_json("/tasks", &body)).await;
    let location = reply.header("location").expect("a location").to_owned();
    let task = reply.expect(201);
    assert_eq!(location, format!("/tasks/{}", task["id"].as_str().unwrap()));
    for (field, value) in [
        ("name", json!("greet")),
        ("version", json!(1)),
        ("queue", json!("default")),
        ("status", json!("submitted")),
        ("priority", json!(5)),
        ("parameters", json!({"name": "Ada", "times": 2})),
        ("errors", json!([])),
        ("attempts", json!([])),
        ("attempt", json!(0)),
        ("retry_attempt", json!(0)),
        ("max_retries", json!(4)),
    ] {
        assert_eq!(task[field], value, "{field}");
    }
    for absent in ["result", "error", "run_at", "started_at", "completed_at", "worker", "metadata", "trace_id"] {
        assert_eq!(task.get(absent), None, "{absent}");
    }
    assert_eq!(manager.send(get(location)).await.expect(200), task);
}

#[tokio::test]
async fn everything_that_is_sent_comes_back() {
    let manager = Manager::start().await;
    let body = json!({
        "name": "anything", "version": 2, "queue": "default", "params": {"a": []}, "id": ID, "priority": 0,
        "run_at": "2999-01-01T01:00:00+01:00", "metadata": {"order": 12},
    });
    let traced =
        post_json("/tasks", &body).header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let task = manager.send(traced).await.expect(201);
    for (field, value) in [
        ("id", json!(ID)),
        ("status", json!("scheduled")),
        ("parameters", json!({"a": []})),
        ("priority", json!(0)),
        ("run_at", json!("2999-01-01T00:00:00.000Z")),
        ("metadata", json!({"order": 12})),
        ("trace_id", json!("4bf92f3577b34da6a3ce929d0e0e4736")),
    ] {
        assert_eq!(task[field], value, "{field}");
    }
    assert_eq!(manager.task(ID).await, task);
}

#[tokio::test]
async fn parameters_are_optional_and_kept_byte_for_byte() {
    let manager = Manager::start().await;
    for parameters in
        ["", r#", "parameters": null"#, r#", "parameters": {}"#, r#", "queue": null, "priority": null, "id": null"#]
    {
        let body = format!(r#"{{"name": "anything", "version": 2{parameters}}}"#);
        let reply = manager.send(post_bytes("/tasks", body)).await;
        assert!(reply.text().contains(r#""parameters":{}"#), "{}", reply.text());
        reply.expect(201);
    }
    let exact = r#"{"big": 123456789012345678901234567890, "tiny": 1.0e-7,  "empty": [], "z": 1, "a": "\u00e9"}"#;
    let body = format!(r#"{{"name": "anything", "version": 2, "parameters": {exact}, "id": "{ID}"}}"#);
    let created = manager.send(post_bytes("/tasks", body)).await;
    assert!(created.text().contains(exact), "{}", created.text());
    let read = manager.send(get(format!("/tasks/{ID}"))).await;
    assert!(read.text().contains(exact), "{}", read.text());
}

#[tokio::test]
async fn a_whole_number_may_be_written_with_a_fraction_of_zero() {
    let manager = Manager::start().await;
    let body = r#"{"name": "anything", "version": 2.0, "priority": 3e0}"#;
    let task = manager.send(post_bytes("/tasks", body)).await.expect(201);
    assert_eq!((&task["version"], &task["priority"]), (&json!(2), &json!(3)));
}

#[tokio::test]
async fn a_delay_schedules_and_a_time_that_has_passed_does_not() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2, "delay": 3600.5});
    let task = manager.send(post_json("/tasks", &body)).await.expect(201);
    assert_eq!(task["status"], "scheduled");
    let time = |field: &str| Timestamp::parse(task[field].as_str().unwrap()).unwrap();
    assert_eq!(time("run_at").since(time("submitted_at")).as_millis(), 3_600_500);
    for past in [json!({"run_at": "2001-01-01T00:00:00Z"}), json!({"delay": 0})] {
        let mut body = json!({"name": "anything", "version": 2});
        body.as_object_mut().unwrap().extend(past.as_object().unwrap().clone());
        let task = manager.send(post_json("/tasks", &body)).await.expect(201);
        assert_eq!(task["status"], "submitted", "{body}");
    }
}

#[tokio::test]
async fn the_same_id_with_the_same_content_is_the_same_task() {
    let manager = Manager::start().await;
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}, "id": ID});
    let created = manager.send(post_json("/tasks", &body)).await.expect(201);
    let again = manager.send(post_json("/tasks", &body)).await;
    assert_eq!(again.header("location"), Some(format!("/tasks/{ID}").as_str()));
    assert_eq!(again.expect(200), created);

    let mut worker = manager.worker().await;
    assert_eq!(worker.claim(1).await.len(), 1);
    let started = manager.send(post_json("/tasks", &body)).await.expect(200);
    assert_eq!(started["status"], "started", "the task as it is, not as it was");
    assert_eq!(worker.claim(1).await.len(), 0, "nothing was queued again");
}

#[tokio::test]
async fn the_same_id_with_other_content_is_a_conflict() {
    let manager = Manager::start().await;
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}, "id": ID});
    let created = manager.send(post_json("/tasks", &body)).await.expect(201);
    for (field, value) in [("parameters", json!({"name": "Bob"})), ("priority", json!(5)), ("queue", json!("default"))]
    {
        let mut other = body.clone();
        other[field] = value;
        let problem = manager.send(post_json("/tasks", &other)).await.problem(409);
        assert_eq!(problem["errors"][0]["pointer"], "/id", "{field}");
        assert!(problem["detail"].as_str().unwrap().contains(ID), "{problem}");
    }
    assert_eq!(manager.task(ID).await, created);
}

#[tokio::test]
async fn submissions_that_arrive_together_are_each_stored_once() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2});
    let replies = join_all((0..200).map(|_| manager.send(post_json("/tasks", &body)))).await;
    let ids: HashSet<String> = replies.into_iter().map(|reply| reply.expect(201)["id"].to_string()).collect();
    assert_eq!(ids.len(), 200);

    let same = json!({"name": "anything", "version": 2, "id": ID});
    let mut statuses: Vec<u16> = join_all((0..20).map(|_| manager.send(post_json("/tasks", &same))))
        .await
        .iter()
        .map(|reply| reply.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [&[200; 19][..], &[201]].concat());
}

#[tokio::test]
async fn the_older_route_submits_as_well() {
    let manager = Manager::start_with(ManagerSettings { accept_unknown: true, ..settings() }).await;
    let body = json!({"id": ID, "name": "greet", "version": 1, "queue": "default", "parameters": {"name": "Ada"}});
    let reply = manager.send(post_json("/submit-task", &body)).await.expect(200);
    assert_eq!(reply["message"], "Task submitted successfully");
    assert_eq!(reply["task"]["id"], ID);
    assert_eq!(reply["task"]["results"], json!({}));
    assert_eq!(reply["task"]["last_error"], Value::Null);
    assert_eq!(manager.send(post_json("/submit-task", &body)).await.expect(200), reply);
    let body = json!({"name": "unheard_of", "queue": "default", "parameters": {}});
    let reply = manager.send(post_json("/submit-task", &body)).await.expect(200);
    assert_eq!(reply["task"]["version"], 0);
}

#[tokio::test]
async fn unknown_types_are_stored_where_that_is_accepted() {
    let manager = Manager::start_with(ManagerSettings { accept_unknown: true, ..settings() }).await;
    let body = json!({"name": "unheard_of", "version": 1, "parameters": {"any": "thing"}});
    let task = manager.send(post_json("/tasks", &body)).await.expect(201);
    assert_eq!((&task["queue"], task.get("max_retries")), (&json!("default"), None));
    let known = json!({"name": "greet", "version": 1, "parameters": {"any": "thing"}});
    manager.send(post_json("/tasks", &known)).await.problem(422);
}

#[tokio::test]
async fn a_type_that_was_just_registered_is_known() {
    let manager = Manager::start().await;
    let body = json!({"name": "brand_new", "version": 1});
    manager.send(post_json("/tasks", &body)).await.problem(400);
    let mut registration = crate::harness::registrations().remove(1);
    registration.task_type = jobbers_core::model::TaskType::new("brand_new", 1);
    manager.store.register(&[registration]).await.unwrap();
    manager.send(post_json("/tasks", &body)).await.expect(201);
}

#[tokio::test]
async fn every_route_is_also_under_api() {
    let manager = Manager::start().await;
    let body = json!({"name": "anything", "version": 2, "id": ID});
    manager.send(post_json("/api/tasks", &body)).await.expect(201);
    for path in ["/api/livez", "/api/readyz", "/api", "/api/", "/"] {
        manager.send(get(path)).await.expect(200);
    }
    for path in ["/api/tasks/", "/api/task-status/", "/tasks/"] {
        assert_eq!(manager.send(get(format!("{path}{ID}"))).await.expect(200)["id"], ID);
    }
    let greeting = manager.send(get("/")).await.expect(200);
    assert_eq!(greeting["tasks"], json!([["anything", 2], ["astray", 1], ["greet", 1]]));
    assert!(greeting["message"].is_string());
}
