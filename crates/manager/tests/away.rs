//! Stores that do not answer.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use jobbers_conformance::server::{Signal, signal};
use jobbers_core::process::Shutdown;
use jobbers_manager::bind;
use serde_json::json;

use crate::harness::{Manager, connector, registrations, settings};
use crate::http::{Request, get, method, method_json, post, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const OTHER_ID: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";

fn submission(id: &str) -> Request {
    post_json("/tasks", &json!({"name": "anything", "version": 2, "id": id}))
}

/// Every route answers 503 in time.
async fn expect_away(manager: &Manager) {
    let requests = [
        submission(OTHER_ID),
        post_json("/submit-task", &json!({"name": "anything", "version": 2, "id": OTHER_ID})),
        get(format!("/tasks/{ID}")),
        get(format!("/tasks/{ID}?wait=30")),
        post(format!("/tasks/{ID}/cancel")),
        post(format!("/tasks/{ID}/resubmit")),
        post(format!("/tasks/{ID}/run")),
        method("DELETE", format!("/tasks/{ID}")),
        get("/tasks"),
        get("/active-tasks"),
        get("/scheduled-tasks?offset=5"),
        get(format!("/task-list?start={ID}")),
        post_json("/tasks/batch", &json!([{"name": "anything", "version": 2}])),
        post_json(
            "/schedule-task",
            &json!({"task": {"name": "anything", "version": 2}, "run_at": "2999-01-01T00:00:00Z"}),
        ),
        post_json("/tasks/cancel", &json!({"task_ids": [ID]})),
        post_json("/tasks/resubmit", &json!({"filter": {"status": "failed"}})),
        post_json("/tasks/cancel", &json!({"filter": {"queue": "default"}, "dry_run": true})),
        get("/dead-letter-queue"),
        get(format!("/dead-letter-queue/{ID}/history")),
        post_json("/dead-letter-queue/resubmit", &json!({"task_ids": [ID]})),
        get("/queue-stats"),
        get("/workers"),
        get("/registered-tasks"),
        post("/workers/0001020304050607/drain"),
        post_json("/queues", &json!({"name": "mails"})),
        method_json("PUT", "/queues/default", &json!({})),
        method("DELETE", "/queues/default"),
        method("DELETE", "/queues/default?force=true"),
        post("/queues/default/purge"),
        get("/readyz"),
    ];
    join_all(requests.map(async |request| {
        let begin = Instant::now();
        let reply = manager.send(request.clone()).await;
        assert!(begin.elapsed() < Duration::from_secs(2), "{request:?} took {:?}", begin.elapsed());
        assert_eq!(reply.header("retry-after"), Some("1"), "{request:?}");
        reply.problem(503);
    }))
    .await;
    manager.send(get("/livez")).await.expect(200);
    // Nothing was half done, and what needs no store of tasks is done all the same.
    let reply = manager.send(get("/queues")).await.expect(200);
    assert_eq!(reply, json!({"queues": ["default"]}));
    manager.send(post("/queues/default/pause")).await.expect(200);
    let reply = manager.send(post("/queues/default/resume")).await.expect(200);
    assert_eq!(reply["queue"]["paused"], false);
}

#[tokio::test]
async fn a_store_that_died_is_away_and_comes_back() {
    let mut server = RedisServer::start(&WITH_AOF);
    let manager = Manager::start_on(&server).await;
    let task = manager.send(submission(ID)).await.expect(201);
    server.kill();
    expect_away(&manager).await;
    server.start_again();
    manager.until("ready again", async || manager.send(get("/readyz")).await.status == 200).await;
    assert_eq!(manager.task(ID).await, task);
    manager.send(get(format!("/tasks/{OTHER_ID}"))).await.problem(404);
    manager.send(submission(OTHER_ID)).await.expect(201);
}

#[tokio::test]
async fn a_store_that_hangs_is_away_too() {
    let server = RedisServer::start(&WITH_AOF);
    let manager = Manager::start_on(&server).await;
    manager.send(submission(ID)).await.expect(201);
    signal(server.pid().unwrap(), Signal::Stop);
    expect_away(&manager).await;
    signal(server.pid().unwrap(), Signal::Cont);
    manager.until("ready again", async || manager.send(get("/readyz")).await.status == 200).await;
}

#[tokio::test]
async fn a_manager_starts_before_its_store() {
    let mut server = RedisServer::start(&WITH_AOF);
    server.kill();
    let folder = tempfile::tempdir().unwrap();
    let patient = connector(&folder, Some(server.url()));
    let (bound, shutdown) = (bind(&settings()).unwrap(), Shutdown::default());
    let address = bound.address();
    let patience = shutdown.clone();
    let waiting = async move { patient.connect_patiently(&patience).await };
    let serving = tokio::spawn(bound.serve_when(waiting, shutdown.clone()));

    get("/livez").send(address).await.expect(200);
    for request in [get("/readyz"), submission(ID), get(format!("/tasks/{ID}")), get("/"), get("/nowhere")] {
        let reply = request.send(address).await;
        assert_eq!(reply.header("retry-after"), Some("1"));
        let problem = reply.problem(503);
        assert!(problem["detail"].as_str().unwrap().contains("waits for its stores"), "{problem}");
    }

    server.start_again();
    let deadline = Instant::now() + Duration::from_secs(30);
    while get("/readyz").send(address).await.status != 200 {
        assert!(Instant::now() < deadline, "not ready although the store is there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let again = connector(&folder, Some(server.url())).connect().await.unwrap();
    again.tasks.register(&registrations()).await.unwrap();
    submission(ID).send(address).await.expect(201);
    shutdown.graceful.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_manager_that_never_had_its_store_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let port = jobbers_conformance::server::free_port();
    let connector = connector(&folder, Some(format!("redis://127.0.0.1:{port}")));
    let (bound, shutdown) = (bind(&settings()).unwrap(), Shutdown::default());
    let patience = shutdown.clone();
    let waiting = async move { connector.connect_patiently(&patience).await };
    let serving = tokio::spawn(bound.serve_when(waiting, shutdown.clone()));
    shutdown.graceful.cancel();
    tokio::time::timeout(Duration::from_secs(15), serving).await.expect("it stops").unwrap().unwrap();
}
