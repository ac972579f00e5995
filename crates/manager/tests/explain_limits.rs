use jobbers_conformance::Worker;
use jobbers_conformance::sample::completed;
use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use jobbers_core::model::{Period, ProcessInfo, ProcessKind, RateLimit, WorkerLoad};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, method_json, post};
use crate::workers::{TTL, process};

async fn explain(manager: &Manager, id: &str) -> Value {
    manager.send(get(format!("/tasks/{id}/explain"))).await.expect(200)
}

/// How queue `default` is configured from now on.
async fn configure(manager: &Manager, fields: Value) {
    manager.send(method_json("PUT", "/queues/default", &fields)).await.expect(200);
}

/// Lets a worker be alive that says this of its slots.
async fn announce(manager: &Manager, worker: &Worker, load: WorkerLoad) {
    let info = ProcessInfo { id: worker.id, load: Some(load), ..process(1, ProcessKind::Worker) };
    manager.store.announce(&info, TTL).await.expect("announced");
}

async fn limits_are_explained(manager: Manager) {
    let mut worker = manager.worker().await;
    let room = WorkerLoad { free: 5, ..WorkerLoad::default() };
    announce(&manager, &worker, room.clone()).await;
    configure(&manager, json!({"max_concurrent_total": 1})).await;
    let ids = [manager.greet().await, manager.greet().await, manager.greet().await];

    worker.queues[0].total = Some(1);
    let claimed = worker.claim(5).await;
    assert_eq!(claimed.len(), 1);
    let told = explain(&manager, &ids[2]).await;
    assert_eq!(told["reason"], "concurrency_full", "{told}");
    assert_eq!((&told["limit"], &told["limit_tasks"]), (&json!("queue_total"), &json!(1)));
    assert_eq!((&told["running"], &told["held_by"]), (&json!(1), &json!([ids[0]])));
    assert_eq!((&told["ahead"], &told["ahead_exact"], &told["ahead_in_queue"]), (&json!(1), &json!(true), &json!(1)));
    assert!(told["estimated_start"].is_string(), "one has started in the last minute: {told}");
    assert!(
        told["sentence"].as_str().expect("a text").contains(", behind 1 task of its type: queue `default` runs 1 task")
    );

    worker.finish(&claimed[0], completed("1")).await;
    let told = explain(&manager, &ids[1]).await;
    assert_eq!((&told["reason"], &told["ahead"]), (&json!("waiting"), &json!(0)), "{told}");

    // The worker itself is full now.
    announce(&manager, &worker, WorkerLoad { free: 0, running: 5, ..room.clone() }).await;
    let told = explain(&manager, &ids[1]).await;
    assert_eq!(
        (&told["reason"], &told["limit"], &told["running"]),
        (&json!("concurrency_full"), &json!("worker_slots"), &json!(5))
    );
    announce(&manager, &worker, room).await;

    let limit = json!({"rate_numerator": 1, "rate_denominator": 1, "rate_period": "hour"});
    configure(&manager, limit).await;
    worker.queues[0].total = None;
    worker.queues[0].rate = Some(RateLimit { numerator: 1, denominator: 1, period: Period::Hour });
    let claimed = worker.claim(5).await;
    let left = &ids[1 + claimed.len()..];
    assert_eq!(left.len(), 1, "one may start");
    let told = explain(&manager, &left[0]).await;
    assert_eq!((&told["reason"], &told["rate_limit"]), (&json!("rate_limited"), &json!("1 per hour")), "{told}");
    assert_eq!(told["next_slot_at"], told["estimated_start"], "it is the next one");
    assert!(told["next_slot_at"].as_str() > told["at"].as_str(), "{told}");

    manager.send(post("/queues/default/pause")).await.expect(200);
    let told = explain(&manager, &left[0]).await;
    assert_eq!((&told["reason"], &told["ahead"]), (&json!("queue_paused"), &json!(0)));
}

#[tokio::test]
async fn limits_are_explained_on_sqlite() {
    limits_are_explained(Manager::start().await).await;
}

#[tokio::test]
async fn limits_are_explained_on_redis() {
    let server = RedisServer::start(&WITH_AOF);
    limits_are_explained(Manager::start_on(&server).await).await;
}

#[tokio::test]
async fn a_queue_without_consumers_names_its_roles() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    let told = explain(&manager, &id).await;
    assert_eq!((&told["reason"], &told["roles"]), (&json!("no_consumer"), &json!(["default"])), "{told}");
    assert!(told["sentence"].as_str().expect("a text").ends_with("; nobody runs role `default`."), "{told}");
    manager.send(method_json("PUT", "/roles/default", &json!([]))).await.expect(200);
    // Read once a second.
    manager
        .until("told", async || {
            let told = explain(&manager, &id).await;
            told["roles"] == json!([]) && told["sentence"].as_str().expect("a text").ends_with(", which no role has.")
        })
        .await;
    let stats = manager.send(get("/queue-stats")).await.expect(200);
    assert_eq!(stats["queues"][0]["roles"], json!([]));
}
