//! `jobbers dev`: everything in one process, with the main job on real files.

use std::path::Path;
use std::time::Duration;

use jobbers_conformance::server::Signal;
use jobbers_e2e::Installation;
use jobbers_e2e::installation::api_of;
use serde_json::json;

super::on_both_stores! {
    one_process_does_it_all,
}

async fn one_process_does_it_all(jobbers: Installation) {
    let mut dev = jobbers.start("jobbers", &["dev"], &[]);
    let api = api_of(&dev).await;
    api.knows("word_count").await;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").canonicalize().unwrap();
    let id = api.submit("word_count", json!({"path": docs})).await;
    let task = api.reaches(&id, "completed").await;
    let count = |field: &str| task["result"][field].as_u64().unwrap_or_default();
    assert!(count("lines") > 10 && count("words") > count("lines") && count("bytes") > count("words"), "{task}");
    let id = api.submit("scheduled_fail_task", json!({})).await;
    assert_eq!(api.reaches(&id, "failed").await["attempt"], 3, "the scheduler works, too");
    let id = api.submit("silent_task", json!({"seconds": 600})).await;
    api.reaches(&id, "stalled").await;
    dev.signal(Signal::Term);
    assert_eq!(dev.ends_within(Duration::from_secs(20)).await, Some(0));
}
