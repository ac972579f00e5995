//! Tasks for later, and such that are not wanted any more after a time.

use std::time::Duration;

use jobbers_core::model::Timestamp;
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{post_bytes, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn wrong(problem: &Value) -> Vec<(&str, &str)> {
    let pair = |error: &'_ Value| {
        (error["pointer"].as_str().expect("a text").len(), error["detail"].as_str().expect("a text").len())
    };
    let errors = problem["errors"].as_array().expect("errors");
    assert!(errors.iter().all(|error| pair(error).1 > 0));
    errors
        .iter()
        .map(|error| (error["pointer"].as_str().expect("a text"), error["detail"].as_str().expect("a text")))
        .collect()
}

#[tokio::test]
async fn a_task_is_scheduled_by_the_older_route() {
    let manager = Manager::start().await;
    let body = json!({
        "task": {"name": "anything", "version": 2, "queue": "default", "parameters": {"a": 1}, "id": ID},
        "run_at": "2999-01-01T01:00:00+01:00",
    });
    let reply = manager.send(post_json("/schedule-task", &body)).await.expect(200);
    assert_eq!(reply["message"], "Task scheduled successfully");
    assert_eq!(reply["run_at"], "2999-01-01T00:00:00.000Z");
    let task = &reply["task"];
    assert_eq!(
        (&task["id"], &task["status"], &task["scheduled_at"]),
        (&json!(ID), &json!("scheduled"), &reply["run_at"])
    );
    assert_eq!(manager.send(post_json("/schedule-task", &body)).await.expect(200), reply);
    let mut past = body.clone();
    past["run_at"] = json!("2001-01-01T00:00:00Z");
    past["task"].as_object_mut().unwrap().remove("id");
    let reply = manager.send(post_json("/schedule-task", &past)).await.expect(200);
    assert_eq!((&reply["task"]["status"], &reply["run_at"]), (&json!("submitted"), &json!("2001-01-01T00:00:00.000Z")));
}

#[tokio::test]
async fn a_wrong_time_is_refused_where_it_stands() {
    let manager = Manager::start().await;
    let task = r#""name": "anything", "version": 2"#;
    let no_offset =
        "`2999-01-01T00:00:00` is not a time: RFC 3339 with an offset is expected, such as 2026-03-12T10:00:00Z";
    for (body, pointer, detail) in [
        (format!(r#"{{"task": {{{task}}}, "run_at": "2999-01-01T00:00:00"}}"#), "/run_at", no_offset),
        (format!(r#"{{"task": {{{task}}}}}"#), "/run_at", "is missing"),
        (r#"{"run_at": "2999-01-01T00:00:00Z"}"#.to_owned(), "/task", "is missing"),
        (
            format!(r#"{{"task": {{{task}, "id": 5}}, "run_at": "2999-01-01T00:00:00Z"}}"#),
            "/task/id",
            "must be a string, but is the number 5",
        ),
        (
            format!(r#"{{"task": {{{task}, "unique": {{}}}}, "run_at": "2999-01-01T00:00:00Z"}}"#),
            "/task/unique",
            "is not built yet: leave it out",
        ),
    ] {
        let problem = manager.send(post_bytes("/schedule-task", body)).await.problem(422);
        assert_eq!(wrong(&problem), [(pointer, detail)]);
    }
    for (extra, pointer) in [("delay", "/task/delay"), ("run_at", "/task/run_at")] {
        let mut body = json!({"task": {"name": "anything", "version": 2}, "run_at": "2999-01-01T00:00:00Z"});
        body["task"][extra] = json!(5);
        let problem = manager.send(post_json("/schedule-task", &body)).await.problem(422);
        let words = "is there besides /run_at: the time stands outside of the task";
        assert!(wrong(&problem).contains(&(pointer, words)), "{problem}");
    }
    let body = json!({"task": {"name": "anything", "version": 2}, "run_at": "2999-01-01T00:00:00Z", "delay": 5});
    let problem = manager.send(post_json("/schedule-task", &body)).await.problem(422);
    assert!(wrong(&problem).iter().any(|(pointer, _)| *pointer == "/delay"), "{problem}");
    for (task, pointer, status) in [
        (json!({"name": "greet", "version": 1, "parameters": {}}), "/task/parameters/name", 422),
        (json!({"name": "nobody", "version": 1}), "/task/name", 400),
        (json!({"name": "anything", "version": 2, "queue": "x"}), "/task/queue", 400),
        (json!({"name": "anything", "version": 2, "id": "x"}), "/task/id", 400),
    ] {
        let body = json!({"task": task, "run_at": "2999-01-01T00:00:00Z"});
        let problem = manager.send(post_json("/schedule-task", &body)).await.problem(status);
        assert_eq!(wrong(&problem)[0].0, pointer);
    }
}

#[tokio::test]
async fn a_task_that_has_not_started_in_time_is_cancelled_and_says_why() {
    let manager = Manager::start().await;
    let now = manager.store.now().await.unwrap();
    let expires_at = now.after(Duration::from_millis(400)).to_string();
    let body =
        json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}, "expires_at": expires_at, "id": ID});
    let task = manager.send(post_json("/tasks", &body)).await.expect(201);
    assert_eq!(task["expires_at"], expires_at);
    assert_eq!(manager.task(ID).await["expires_at"], expires_at);
    manager.until("expired", async || manager.store.expire(10).await.unwrap().moved == 1).await;
    let mut worker = manager.worker().await;
    assert!(worker.claim_all().await.is_empty());
    let task = manager.task(ID).await;
    assert_eq!(task["status"], "cancelled");
    assert_eq!(task["error"], format!("expired at {expires_at}, before it had started"));
    // The same submission again is not refused because its time is over now.
    let again = manager.send(post_json("/tasks", &body)).await.expect(200);
    assert_eq!((&again["id"], &again["status"]), (&json!(ID), &json!("cancelled")));

    let task = manager.send(crate::http::post(format!("/tasks/{ID}/resubmit"))).await.expect(200);
    assert_eq!((&task["status"], task.get("expires_at"), task.get("error")), (&json!("submitted"), None, None));
    assert_eq!(worker.claim_all().await.len(), 1, "it does not expire any more");
}

#[tokio::test]
async fn a_task_must_have_time_to_start() {
    let manager = Manager::start().await;
    let soon = |seconds: u64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_millis(u64::try_from(now.as_millis()).unwrap() + 1000 * seconds).to_string()
    };
    for (extra, good) in [
        (json!({"expires_at": "2001-01-01T00:00:00Z"}), false),
        (json!({"expires_at": "2001-01-01T00:00:00Z", "id": ID}), false),
        (json!({"expires_at": soon(60)}), true),
        (json!({"expires_at": soon(60), "delay": 30}), true),
        (json!({"expires_at": soon(60), "delay": 90}), false),
        (json!({"expires_at": soon(60), "run_at": soon(60)}), false),
        (json!({"expires_at": "2999-01-02T00:00:00Z", "run_at": "2999-01-01T00:00:00Z"}), true),
        (json!({"expires_at": "2999-01-02T00:00:00Z", "run_at": "2999-01-03T00:00:00Z"}), false),
    ] {
        let mut body = json!({"name": "anything", "version": 2});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let reply = manager.send(post_json("/tasks", &body)).await;
        if good {
            reply.expect(201);
        } else {
            let problem = reply.problem(422);
            let (pointer, detail) = wrong(&problem)[0];
            assert_eq!(pointer, "/expires_at");
            assert!(detail.contains("not later than the time when the task may start"), "{detail}");
        }
    }
}

#[tokio::test]
async fn with_a_key_a_time_that_has_passed_may_be_a_repetition() {
    let manager = Manager::start().await;
    let now = manager.store.now().await.unwrap();
    let expires_at = now.after(Duration::from_millis(300)).to_string();
    let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}, "expires_at": expires_at});
    let keyed = |key: &str| post_json("/tasks", &body).header("idempotency-key", key);
    let first = manager.send(keyed("a")).await.expect(201);
    manager.until("expired", async || manager.store.expire(10).await.unwrap().moved == 1).await;
    assert_eq!(manager.send(keyed("a")).await.expect(200)["id"], first["id"]);
    let late = manager.send(keyed("b")).await.expect(201);
    let mut worker = manager.worker().await;
    assert!(worker.claim_all().await.is_empty(), "it never starts");
    manager.store.expire(10).await.unwrap();
    assert_eq!(manager.task(late["id"].as_str().unwrap()).await["status"], "cancelled");
}

#[tokio::test]
async fn metadata_and_expiry_are_part_of_the_content() {
    let manager = Manager::start().await;
    let body =
        json!({"name": "anything", "version": 2, "id": ID, "expires_at": "2999-01-01T00:00:00Z", "metadata": {"a": 1}});
    let task = manager.send(post_json("/tasks", &body)).await.expect(201);
    assert_eq!(task["metadata"], json!({"a": 1}));
    manager.send(post_json("/tasks", &body)).await.expect(200);
    let mut other = body.clone();
    other["expires_at"] = json!("2999-01-02T00:00:00Z");
    manager.send(post_json("/tasks", &other)).await.problem(409);
}
