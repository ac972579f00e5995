use jobbers_core::model::ProcessKind;
use serde_json::json;

use crate::harness::Manager;
use crate::http::get;
use crate::workers::{TTL, process};

#[tokio::test]
async fn a_manager_without_a_scheduler_is_ready_and_says_what_is_missing() {
    let manager = Manager::start().await;
    manager.store.announce(&process(1, ProcessKind::Worker), TTL).await.unwrap();
    let reply = manager.send(get("/readyz")).await.expect(200);
    assert_eq!(reply["status"], "ready");
    let warnings = reply["warnings"].as_array().expect("warnings");
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].as_str().unwrap().starts_with("no scheduler is alive: "), "{reply}");

    let scheduler = process(2, ProcessKind::Scheduler);
    manager.store.announce(&scheduler, TTL).await.unwrap();
    assert_eq!(manager.send(get("/readyz")).await.expect(200), json!({"status": "ready"}));
    manager.store.retire(scheduler.id).await.unwrap();
    assert!(manager.send(get("/readyz")).await.expect(200)["warnings"].is_array());
    assert_eq!(manager.send(get("/livez")).await.expect(200), json!({"status": "alive"}));
}
