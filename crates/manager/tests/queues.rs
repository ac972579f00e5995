use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, method, method_json, post, post_bytes, post_json};

/// Pointers and details of a problem.
fn wrong(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let errors = problem["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let mut wrong: Vec<_> = errors.iter().map(|error| (text(&error["pointer"]), text(&error["detail"]))).collect();
    wrong.sort();
    wrong
}

#[expect(clippy::needless_pass_by_value, reason = "numbers and null are written where they are meant")]
fn config(name: &str, each: Value, total: Value) -> Value {
    json!({
        "name": name, "max_concurrent": each, "max_concurrent_total": total, "rate_numerator": null,
        "rate_denominator": null, "rate_period": null, "paused": false,
    })
}

async fn config_of(manager: &Manager, name: &str) -> Value {
    manager.send(get(format!("/queues/{name}/config"))).await.expect(200)["queue"].clone()
}

#[tokio::test]
async fn a_queue_is_created_changed_and_deleted() {
    let manager = Manager::start().await;
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default"]}));
    let mails = json!({
        "name": "mails", "max_concurrent": 3, "max_concurrent_total": 7, "rate_numerator": 100,
        "rate_denominator": 2, "rate_period": "hour", "paused": true,
    });
    let reply = manager.send(post_json("/queues", &mails)).await.expect(201);
    assert_eq!(reply, json!({"message": "Queue created", "queue": mails}));
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default", "mails"]}));
    let reply = manager.send(get("/queues?details=true")).await.expect(200);
    let details = json!([config("default", Value::Null, Value::Null), mails]);
    assert_eq!(reply, json!({"queues": ["default", "mails"], "details": details}));
    assert_eq!(manager.send(get("/queues/mails/config")).await.expect(200), json!({"queue": mails}));

    let reply = manager.send(method_json("PUT", "/queues/mails", &json!({"max_concurrent": 4}))).await.expect(200);
    let mut changed = config("mails", json!(4), Value::Null);
    changed["paused"] = json!(true);
    assert_eq!(reply, json!({"message": "Queue updated", "queue": changed}), "it stays paused");
    let request = method_json("PUT", "/queues/mails", &json!({"paused": false}));
    let reply = manager.send(request).await.expect(200);
    assert_eq!(reply["queue"], config("mails", json!(10), Value::Null));
    let reply = manager.send(method_json("PUT", "/queues/images", &json!({}))).await.expect(200);
    assert_eq!(reply["queue"], config("images", json!(10), Value::Null), "PUT creates as well");

    assert_eq!(manager.send(method("DELETE", "/queues/mails")).await.expect(200)["message"], "Queue deleted");
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default", "images"]}));
}

#[tokio::test]
async fn what_is_left_out_and_null_and_zero_mean_what_is_promised() {
    let manager = Manager::start().await;
    for (name, body, each, total) in [
        ("none", json!({}), json!(10), Value::Null),
        ("null", json!({"max_concurrent": null, "max_concurrent_total": null}), Value::Null, Value::Null),
        ("zero", json!({"max_concurrent": 0, "max_concurrent_total": 0}), Value::Null, Value::Null),
        ("most", json!({"max_concurrent": u32::MAX, "max_concurrent_total": 1.0}), json!(u32::MAX), json!(1)),
        (
            "rate",
            json!({"rate_numerator": null, "rate_denominator": null, "rate_period": null}),
            json!(10),
            Value::Null,
        ),
    ] {
        let mut sent = body.clone();
        sent["name"] = json!(name);
        manager.send(post_json("/queues", &sent)).await.expect(201);
        assert_eq!(config_of(&manager, name).await, config(name, each.clone(), total.clone()));
        manager.send(method_json("PUT", "/queues/put", &body)).await.expect(200);
        assert_eq!(config_of(&manager, "put").await, config("put", each, total));
    }
    let nothing_starts = json!({"rate_numerator": 0, "rate_denominator": 1, "rate_period": "second"});
    manager.send(method_json("PUT", "/queues/put", &nothing_starts)).await.expect(200);
    let put = config_of(&manager, "put").await;
    assert_eq!((&put["rate_numerator"], &put["rate_period"]), (&json!(0), &json!("second")));
}

#[tokio::test]
async fn wrong_bodies_are_refused_field_by_field() {
    let manager = Manager::start().await;
    let together = "is missing: rate_numerator, rate_denominator and rate_period go together, send all three or none";
    let known = "is not a known field: max_concurrent, max_concurrent_total, name, paused, rate_denominator, \
                 rate_numerator, rate_period are known";
    let pair = |pointer: &str, detail: &str| (pointer.to_owned(), detail.to_owned());
    for (body, expected) in [
        (json!({}), vec![pair("/name", "is missing")]),
        (json!([]), vec![pair("", "must be an object, but is an empty array")]),
        (
            json!({"name": "a b"}),
            vec![pair("/name", "`a b` is not a name: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed")],
        ),
        (
            json!({"name": ""}),
            vec![pair("/name", "`` is not a name: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed")],
        ),
        (json!({"name": null}), vec![pair("/name", "must be a string, but is null")]),
        (
            json!({"name": "q", "max_concurrent": -1, "max_concurrent_total": "5"}),
            vec![
                pair("/max_concurrent", "must be 0 or more, but is the number -1"),
                pair("/max_concurrent_total", "must be a whole number, but is the string \"5\""),
            ],
        ),
        (
            json!({"name": "q", "max_concurrent": 4_294_967_296_u64}),
            vec![pair("/max_concurrent", "must be 4294967295 or less, but is the number 4294967296")],
        ),
        (
            json!({"name": "q", "rate_numerator": 100, "limits": {}, "paused": 1}),
            vec![
                pair("/limits", known),
                pair("/paused", "must be true or false, but is the number 1"),
                pair("/rate_denominator", together),
                pair("/rate_period", together),
            ],
        ),
        (
            json!({"name": "q", "rate_numerator": 1, "rate_denominator": 1, "rate_period": null}),
            vec![pair("/rate_period", together)],
        ),
        (
            json!({"name": "q", "rate_numerator": 1.5, "rate_denominator": 0, "rate_period": "week"}),
            vec![
                pair("/rate_denominator", "must be 1 or more, but is the number 0"),
                pair("/rate_numerator", "must be a whole number, but is the number 1.5"),
                pair(
                    "/rate_period",
                    "must be \"second\", \"minute\", \"hour\", \"day\" or null, but is the string \"week\"",
                ),
            ],
        ),
    ] {
        let problem = manager.send(post_json("/queues", &body)).await.problem(422);
        assert_eq!(wrong(&problem), expected, "{body}");
        if body["name"] == "q" || body.is_array() {
            let problem = manager.send(method_json("PUT", "/queues/q", &body)).await.problem(422);
            assert_eq!(wrong(&problem), expected, "PUT {body}");
        }
    }
    manager.send(post_bytes("/queues", "{")).await.problem(400);
    manager.send(post_json("/queues", &json!({"name": "q"})).header("content-type", "text/plain")).await.problem(415);
    manager.send(post_json("/queues", &json!({"name": "q"})).header("idempotency-key", "k")).await.problem(400);
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default"]}), "nothing was created");
}

#[tokio::test]
async fn of_many_who_create_the_same_queue_one_does_and_the_others_are_told() {
    let manager = Manager::start().await;
    let other = manager.another().await;
    let body = json!({"name": "mails"});
    let replies = join_all((0..16).map(|n| {
        let manager = if n % 2 == 0 { &manager } else { &other };
        manager.send(post_json("/queues", &body))
    }))
    .await;
    let mut created = 0;
    for reply in replies {
        if reply.status == 201 {
            created += 1;
            continue;
        }
        let problem = reply.problem(409);
        assert_eq!(problem["detail"], "there is a queue `mails` already");
        assert_eq!(problem["type"], "urn:jobbers:problem:name-taken");
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn the_name_in_the_path_counts() {
    let manager = Manager::start().await;
    let body = json!({"name": "no name at all", "max_concurrent": 1});
    let reply = manager.send(method_json("PUT", "/queues/mails", &body)).await.expect(200);
    assert_eq!(reply["queue"]["name"], "mails");
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default", "mails"]}));
}

#[tokio::test]
async fn unknown_and_impossible_names_are_told() {
    let manager = Manager::start().await;
    for request in [
        get("/queues/mails/config"),
        method("DELETE", "/queues/mails"),
        method("DELETE", "/queues/mails?force=true"),
        post("/queues/mails/pause"),
        post("/queues/mails/resume"),
        post("/queues/mails/purge"),
    ] {
        let problem = manager.send(request).await.problem(404);
        assert_eq!(problem["detail"], "there is no queue `mails`: default is the only one");
    }
    for name in ["a%20b", "%ff", "%2e%2e%2f", "%00", &"n".repeat(65)] {
        for request in [
            get(format!("/queues/{name}/config")),
            method_json("PUT", format!("/queues/{name}"), &json!({})),
            method("DELETE", format!("/queues/{name}")),
            post(format!("/queues/{name}/pause")),
            post(format!("/queues/{name}/purge")),
        ] {
            let problem = manager.send(request).await.problem(400);
            assert_eq!(problem["title"], "Not a name", "{name}");
        }
    }
    for (path, words) in [
        ("/queues/default?force=1", "`force` is `1`: true or false is expected"),
        ("/queues/default?forced=true", "`forced` is not a query parameter of this route: force are known"),
    ] {
        let problem = manager.send(method("DELETE", path)).await.problem(400);
        assert_eq!(problem["detail"], words);
    }
    manager.send(get("/queues?detail=true")).await.problem(400);
    manager.send(post("/queues/default/purge?started=true")).await.problem(400);
    manager.send(post("/queues/default/purge?before=yesterday")).await.problem(400);
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default"]}));
}

#[tokio::test]
async fn a_queue_with_tasks_is_not_deleted_and_the_answer_counts_them() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    let ids = manager
        .submit_all(&json!([
            {"name": "anything", "version": 2, "queue": "mails"},
            {"name": "anything", "version": 2, "queue": "mails"},
            {"name": "anything", "version": 2, "queue": "mails", "delay": 3600},
        ]))
        .await;
    let problem = manager.send(method("DELETE", "/queues/mails")).await.problem(409);
    assert_eq!(problem["type"], "urn:jobbers:problem:queue-not-empty");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.starts_with("queue `mails` is not empty: it has 2 waiting and 1 scheduled."), "{detail}");
    assert!(detail.contains("force=true"), "{detail}");
    manager.send(method("DELETE", "/queues/mails?force=false")).await.problem(409);
    assert_eq!(manager.send(get("/queues")).await.expect(200), json!({"queues": ["default", "mails"]}));
    manager.send(post_json("/tasks/cancel", &json!({"task_ids": ids}))).await.expect(200);
    manager.send(method("DELETE", "/queues/mails")).await.expect(200);
    assert_eq!(manager.task(&ids[0]).await["queue"], "mails", "what has ended stays known");
}

#[tokio::test]
async fn submissions_follow_a_change_at_once_here_and_within_a_second_elsewhere() {
    let manager = Manager::start().await;
    let other = manager.another().await;
    let submission = json!({"name": "anything", "version": 2, "queue": "mails"});
    manager.send(post_json("/tasks", &submission)).await.problem(400);
    other.send(post_json("/tasks", &submission)).await.problem(400);
    manager.queue("mails").await;
    let mut ids = Vec::new();
    for one in [&manager, &other] {
        let task = one.send(post_json("/tasks", &submission)).await.expect(201);
        ids.push(task["id"].clone());
    }
    manager.send(post_json("/tasks/cancel", &json!({"task_ids": ids}))).await.expect(200);
    manager.send(method("DELETE", "/queues/mails")).await.expect(200);
    let problem = manager.send(post_json("/tasks", &submission)).await.problem(400);
    assert_eq!(problem["detail"], "there is no queue `mails`: default is the only one");
    let began = std::time::Instant::now();
    other.until("refused", async || other.send(post_json("/tasks", &submission)).await.status == 400).await;
    assert!(began.elapsed() < std::time::Duration::from_millis(1_500), "{:?}", began.elapsed());
}
