use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use jobbers_conformance::server::{Signal, signal};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

use crate::harness::{Manager, settings};
use crate::http::{Request, get, post_bytes, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn lines(body: impl Into<Vec<u8>>) -> Request {
    post_bytes("/tasks/batch", body).header("content-type", "application/x-ndjson")
}

async fn results(manager: &Manager, request: Request) -> Vec<Value> {
    manager.send(request).await.expect(200)["results"].as_array().expect("results").clone()
}

fn count(results: &[Value], status: &str) -> usize {
    results.iter().filter(|result| result["status"] == status).count()
}

#[tokio::test]
async fn each_item_has_its_own_answer_in_order() {
    let manager = Manager::start().await;
    let good = json!({"name": "anything", "version": 2});
    let mut own = good.clone();
    own["id"] = json!(ID);
    let mut other = own.clone();
    other["priority"] = json!(1);
    let items = json!([
        good,
        {"name": "anything", "version": 2, "delay": 3600},
        {"name": "greet", "version": 1, "parameters": {"times": 10}},
        {"name": "greeet", "version": 1},
        own,
        own,
        other,
        {"name": "anything", "version": 2, "queue": "nowhere"},
        7,
        {"name": "anything", "version": 2, "colour": "red"},
        {"name": "anything", "version": 2, "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "anything", "version": 2, "id": "x"},
        good,
    ]);
    let found = results(&manager, post_json("/tasks/batch", &items)).await;
    let statuses: Vec<&str> = found.iter().map(|result| result["status"].as_str().unwrap()).collect();
    let expected = [
        "submitted",
        "scheduled",
        "invalid",
        "invalid",
        "submitted",
        "exists",
        "conflict",
        "invalid",
        "invalid",
        "invalid",
        "invalid",
        "invalid",
        "submitted",
    ];
    assert_eq!(statuses, expected);
    for (index, words) in [
        (2, "/parameters/name is missing"),
        (2, "/parameters/times must be 9 or less, but is the number 10"),
        (3, "no worker ever registered a task type `greeet`: is `greet` meant?"),
        (6, "stands further up with other content"),
        (7, "there is no queue `nowhere`"),
        (8, "the body must be an object, but is the number 7"),
        (9, "/colour is not a known field"),
        (10, "/expires_at is 2001-01-01T00:00:00.000Z, which is not later than the time when the task may start"),
        (11, "/id `x` is not a task id"),
    ] {
        assert!(found[index]["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{}", found[index]);
    }
    assert_eq!((&found[4]["id"], &found[5]["id"], &found[6]["id"]), (&json!(ID), &json!(ID), &json!(ID)));
    assert_eq!(manager.task(found[0]["id"].as_str().unwrap()).await["status"], "submitted");
    assert_eq!(manager.task(found[1]["id"].as_str().unwrap()).await["status"], "scheduled");
    let listed = manager.send(get("/tasks")).await.expect(200);
    assert_eq!(listed["tasks"].as_array().map(Vec::len), Some(4), "nothing else was stored");

    let again = results(&manager, post_json("/tasks/batch", &json!([own, other]))).await;
    assert_eq!(again.iter().map(|result| &result["status"]).collect::<Vec<_>>(), ["exists", "conflict"]);
    assert!(results(&manager, post_json("/tasks/batch", &json!([]))).await.is_empty());
}

/// 10,000 items, three of them wrong, then the same batch once more.
async fn a_large_batch(manager: Manager) {
    let items: Vec<Value> = (0..10_000)
        .map(|n| match n {
            17 => json!({"name": "anything"}),
            5_000 => json!("nothing"),
            9_999 => json!({"name": "unheard_of", "version": 1}),
            n => json!({"name": "anything", "version": 2, "parameters": {"n": n}}),
        })
        .collect();
    let request = post_json("/tasks/batch", &Value::from(items)).header("idempotency-key", "monday");
    let first = results(&manager, request.clone()).await;
    assert_eq!((first.len(), count(&first, "submitted"), count(&first, "invalid")), (10_000, 9_997, 3));
    for wrong in [17, 5_000, 9_999] {
        assert_eq!(first[wrong]["status"], "invalid", "{wrong}");
    }
    let again = results(&manager, request).await;
    assert_eq!((count(&again, "exists"), count(&again, "invalid")), (9_997, 3));
    assert!(first.iter().zip(&again).all(|(first, again)| first["id"] == again["id"]), "the same tasks");
    let stats = manager.send(get("/queue-stats")).await.expect(200);
    assert_eq!(stats["queues"][0]["waiting"], 9_997);
}

#[tokio::test]
async fn a_large_batch_is_stored_once_on_sqlite() {
    a_large_batch(Manager::start().await).await;
}

#[tokio::test]
async fn a_large_batch_is_stored_once_on_redis() {
    let server = RedisServer::start(&WITH_AOF);
    a_large_batch(Manager::start_on(&server).await).await;
}

#[tokio::test]
async fn lines_are_items_and_a_bad_one_is_named() {
    let manager = Manager::start().await;
    let good = r#"{"name": "anything", "version": 2}"#;
    let body = format!("{good}\n\n{{\"name\": \n{good}\r\n{{\"name\": \"anything\"}}\n{good}");
    let found = results(&manager, lines(body)).await;
    assert_eq!((count(&found, "submitted"), count(&found, "invalid"), found.len()), (3, 2, 5));
    assert!(found[1]["detail"].as_str().unwrap().starts_with("line 3: the body is not JSON"), "{}", found[1]);
    assert_eq!(found[3]["detail"], "line 5: /version is missing");

    // It may come in chunks of any size.
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let (begin, end) = good.split_at(7);
    let chunked = format!("{}{}{}0\r\n\r\n", chunk(begin), chunk(&format!("{end}\n{begin}")), chunk(end));
    let found = results(&manager, lines(chunked).header("transfer-encoding", "chunked")).await;
    assert_eq!((count(&found, "submitted"), found.len()), (2, 2));
}

#[tokio::test]
async fn what_is_no_batch_or_too_large_is_refused_whole() {
    let settings = jobbers_manager::ManagerSettings { max_body: 300_000, max_parameters: 1_000, ..settings() };
    let manager = Manager::start_with(settings).await;
    for (request, status) in [
        (post_bytes("/tasks/batch", "{}"), 422),
        (post_bytes("/tasks/batch", "[1,"), 400),
        (post_bytes("/tasks/batch", ""), 400),
        (post_bytes("/tasks/batch", "[]").header("content-type", "text/csv"), 415),
        (post_bytes("/tasks/batch", "[]").without_header("content-type"), 415),
        (post_bytes("/tasks/batch", " ".repeat(300_001)), 413),
        (post_bytes("/tasks/batch", format!("[{}1]", "1,".repeat(10_000))), 413),
        (lines("1\n".repeat(10_001)), 413),
        (lines(" ".repeat(300_001)), 413),
        (post_bytes("/tasks/batch", "[]").header("idempotency-key", &"k".repeat(256)), 400),
    ] {
        manager.send(request).await.problem(status);
    }
    let item = |size: usize| json!({"name": "anything", "version": 2, "parameters": {"a": "x".repeat(size - 8)}});
    let found = results(&manager, post_json("/tasks/batch", &json!([item(1_000), item(1_001), item(100_000)]))).await;
    assert_eq!((count(&found, "submitted"), count(&found, "invalid")), (1, 2));
    assert!(found[1]["detail"].as_str().unwrap().contains("more than MAX_PARAMETERS"), "{}", found[1]);
}

#[tokio::test]
async fn a_store_that_goes_away_leaves_a_batch_to_be_sent_again() {
    let server = RedisServer::start(&WITH_AOF);
    let manager = Manager::start_on(&server).await;
    let items: Vec<Value> =
        (0..2_000).map(|n| json!({"name": "anything", "version": 2, "parameters": {"n": n}})).collect();
    let request = post_json("/tasks/batch", &Value::from(items)).header("idempotency-key", "k");
    signal(server.pid().unwrap(), Signal::Stop);
    let begin = Instant::now();
    let reply = manager.send(request.clone()).await;
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(reply.header("retry-after"), Some("1"));
    let problem = reply.problem(503);
    signal(server.pid().unwrap(), Signal::Cont);
    manager.until("ready again", async || manager.send(get("/readyz")).await.status == 200).await;
    assert!(problem["detail"].as_str().unwrap().contains("again"), "{problem}");
    let found = results(&manager, request).await;
    assert_eq!(count(&found, "submitted") + count(&found, "exists"), 2_000);
    manager
        .until("counted", async || {
            let stats = manager.send(get("/queue-stats")).await.expect(200);
            stats["queues"][0]["waiting"] == 2_000
        })
        .await;
}
