//! Many tasks in one request.

use std::collections::HashMap;

use jobbers_e2e::api::SOON;
use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Api, Installation, eventually};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

super::on_both_stores! {
    three_wrong_tasks_among_ten_thousand_spoil_nothing_else,
    a_batch_that_is_repeated_after_its_client_died_happens_once,
}

async fn three_wrong_tasks_among_ten_thousand_spoil_nothing_else(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let worker = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    drop(worker);
    let wrong: HashMap<usize, Value> = HashMap::from([
        (17, json!({"name": "nobody_knows", "version": 1})),
        (4_711, json!({"name": "echo_task", "version": 1, "parameters": {"value": 5}})),
        (9_999, json!({"name": "echo_task", "version": 1, "queue": "nowhere"})),
    ]);
    let good = |n: usize| json!({"name": "echo_task", "version": 1, "parameters": {"value": n.to_string()}});
    let batch: Vec<Value> = (0..10_000).map(|n| wrong.get(&n).cloned().unwrap_or_else(|| good(n))).collect();
    let (status, answer) = api.post("/tasks/batch", Value::Array(batch)).await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 10_000);
    for (n, result) in results.iter().enumerate() {
        if wrong.contains_key(&n) {
            assert_eq!(result["status"], "invalid", "{n}: {result}");
            assert!(result["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{n}: {result}");
        } else {
            assert_eq!(result["status"], "submitted", "{n}: {result}");
        }
    }
    // In order: the n-th id is the n-th task's.
    for n in [0, 18, 5_000, 9_998] {
        let task = api.task(results[n]["id"].as_str().unwrap()).await;
        assert_eq!(task["parameters"], json!({"value": n.to_string()}));
    }
}

async fn a_batch_that_is_repeated_after_its_client_died_happens_once(jobbers: Installation) {
    const TASKS: usize = 2_000;
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[("WORKER_CONCURRENT_TASKS", "50")]);
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let body = Value::Array(vec![json!({"name": "traced_task", "version": 1, "parameters": {"file": file}}); TASKS]);
    let body = body.to_string();
    // Dies with half of the batch sent; with all of it sent, but without an answer; and after a while.
    for sent in [body.len() / 2, body.len()] {
        send_and_die(&api, &body[..sent], body.len()).await;
    }
    let results = submit_with_key(&api, &body).await;
    let again = submit_with_key(&api, &body).await;
    assert_eq!(results.len(), TASKS);
    for (one, other) in results.iter().zip(&again) {
        assert!(one["status"] == "submitted" || one["status"] == "exists", "{one}");
        assert_eq!((&other["id"], &other["status"]), (&one["id"], &json!("exists")));
    }
    eventually("all have run", SOON * 2, async || (Trace::read(&file).ended() >= TASKS).then_some(())).await;
    let trace = Trace::read(&file);
    assert_eq!(trace.tasks(), TASKS, "a task was stored twice");
    for result in &results {
        let id = result["id"].as_str().unwrap();
        assert_eq!((trace.starts(id), trace.ends(id)), ([1].as_slice(), [1].as_slice()), "{id}");
    }
}

const KEY: &str = "nightly-2026-11-22";

async fn submit_with_key(api: &Api, body: &str) -> Vec<Value> {
    let answer = api
        .http()
        .post(format!("{}/tasks/batch", api.base()))
        .header("content-type", "application/json")
        .header("idempotency-key", KEY)
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let answer: Value = answer.json().await.unwrap();
    answer["results"].as_array().unwrap().clone()
}

/// A client that ends in the middle of its request, as one does that was killed.
async fn send_and_die(api: &Api, part: &str, length: usize) {
    let address = api.base().trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /tasks/batch HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nidempotency-key: {KEY}\r\n\
         content-length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(part.as_bytes()).await.unwrap();
    connection.flush().await.unwrap();
}
