use std::time::Duration;

use jobbers_core::model::{ProcessInfo, ProcessKind, TaskType, Timestamp, WorkerId, WorkerLoad};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, post};

pub const TTL: Duration = Duration::from_secs(60);

pub fn process(n: u8, kind: ProcessKind) -> ProcessInfo {
    let greet = TaskType::new("greet", 1);
    let load = WorkerLoad {
        running: 2,
        free: 3,
        free_by_queue: vec![("default".into(), 3)],
        free_by_type: vec![(greet.clone(), 1)],
        draining: false,
    };
    let is_worker = kind == ProcessKind::Worker;
    ProcessInfo {
        id: WorkerId::from_bytes([n; 8]),
        kind,
        host: "here".into(),
        pid: 4711,
        role: is_worker.then(|| "default".into()),
        queues: vec!["default".into()],
        slots: if is_worker { 5 } else { 0 },
        types: if is_worker { vec![greet] } else { Vec::new() },
        version: "0.1.0".into(),
        started_at: Timestamp::from_millis(1_800_000_000_000 + u64::from(n)),
        load: is_worker.then_some(load),
    }
}

#[tokio::test]
async fn whoever_lives_is_listed() {
    let manager = Manager::start().await;
    assert_eq!(manager.send(get("/workers")).await.expect(200), json!({"workers": []}));
    manager.store.announce(&process(2, ProcessKind::Scheduler), TTL).await.unwrap();
    manager.store.announce(&process(1, ProcessKind::Worker), TTL).await.unwrap();
    let reply = manager.send(get("/workers")).await.expect(200);
    let mut workers = reply["workers"].as_array().unwrap().clone();
    for worker in &mut workers {
        assert!(worker.as_object_mut().unwrap().remove("last_seen").is_some_and(|seen| seen.is_string()));
    }
    assert_eq!(
        workers,
        [
            json!({
                "id": "0101010101010101", "kind": "worker", "host": "here", "pid": 4711, "role": "default",
                "queues": ["default"], "running": 2, "draining": false, "version": "0.1.0",
                "slots": {
                    "total": 5, "free": 3, "free_by_queue": {"default": 3},
                    "free_by_type": [{"name": "greet", "version": 1, "free": 1}],
                },
                "types": [{"name": "greet", "version": 1}], "started_at": "2027-01-15T08:00:00.001Z",
            }),
            json!({
                "id": "0202020202020202", "kind": "scheduler", "host": "here", "pid": 4711, "queues": ["default"],
                "types": [], "version": "0.1.0", "started_at": "2027-01-15T08:00:00.002Z",
            }),
        ]
    );
    let stats = manager.send(get("/queue-stats")).await.expect(200);
    assert_eq!(stats["queues"][0]["consumers"], 1);
}

#[tokio::test]
async fn task_types_say_who_has_them() {
    let manager = Manager::start().await;
    manager.store.announce(&process(1, ProcessKind::Worker), TTL).await.unwrap();
    let reply = manager.send(get("/registered-tasks")).await.expect(200);
    let tasks = reply["tasks"].as_array().unwrap();
    let named = |name: &str| tasks.iter().find(|task| task["name"] == name).unwrap();
    assert_eq!(tasks.len(), 3);
    let greet = named("greet");
    assert_eq!((&greet["version"], &greet["queue"]), (&json!(1), &json!("default")));
    assert_eq!(greet["configuration"]["max_retries"], 4);
    assert_eq!(greet["parameters_schema"]["required"], json!(["name"]));
    assert_eq!(greet["workers"], json!(["0101010101010101"]));
    let anything = named("anything");
    assert_eq!((&anything["parameters_schema"], &anything["workers"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn a_worker_is_asked_to_drain() {
    let manager = Manager::start().await;
    let worker = process(1, ProcessKind::Worker);
    manager.store.announce(&worker, TTL).await.unwrap();
    manager.store.announce(&process(2, ProcessKind::Scheduler), TTL).await.unwrap();
    let reply = manager.send(post("/workers/0101010101010101/drain")).await.expect(200);
    assert_eq!(reply, json!({"message": "Worker asked to drain", "worker": "0101010101010101"}));
    assert!(manager.store.announce(&worker, TTL).await.unwrap().drain, "it learns of it");
    manager.send(post("/workers/0101010101010101/drain")).await.expect(200);
    let problem = manager.send(post("/workers/0202020202020202/drain")).await.problem(409);
    assert_eq!(problem["detail"], "0202020202020202 is a scheduler: only workers can be drained");
    let problem = manager.send(post("/workers/0303030303030303/drain")).await.problem(404);
    assert_eq!(problem["detail"], "there is no live worker 0303030303030303");
    let problem = manager.send(post("/workers/me/drain")).await.problem(400);
    assert_eq!(problem["detail"], "`me` is not the id of a worker: 16 hexadecimal digits are expected");
}
