//! Redis goes away in mid-run and comes back with what it had: everything finishes, nothing twice.

use std::time::Duration;

use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Api, Installation, Store, eventually};
use serde_json::json;

const TASKS: usize = 60;

/// Submits tasks, ends Redis in mid-run, starts it again when `away` is over, and looks at every execution.
async fn outage(away: Duration) {
    let mut jobbers = Installation::on(Store::Redis);
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let slots = [("WORKER_CONCURRENT_TASKS", "4")];
    let _workers = [jobbers.worker(&slots), jobbers.worker(&slots)];
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let mut ids = Vec::new();
    for n in 0..TASKS {
        // Some end while Redis is away, some after.
        let seconds = [0.1, 0.4, 1.5][n % 3];
        ids.push(api.submit("traced_task", json!({"file": file, "seconds": seconds})).await);
    }
    eventually("some are done", Duration::from_secs(30), async || (Trace::read(&file).ended() >= 10).then_some(()))
        .await;
    let redis = jobbers.redis.as_mut().unwrap();
    redis.kill();
    tokio::time::sleep(away).await;
    assert!(Trace::read(&file).ended() < TASKS, "Redis was away in mid-run");
    redis.start_again();
    all_complete(&api, &ids).await;
    let trace = Trace::read(&file);
    for id in &ids {
        assert_eq!((trace.starts(id), trace.ends(id)), ([1].as_slice(), [1].as_slice()), "{id}");
    }
}

async fn all_complete(api: &Api, ids: &[String]) {
    for id in ids {
        let what = format!("{id} completes");
        let task = eventually(&what, Duration::from_secs(60), async || {
            // 503 until the manager has its store again.
            let answer = api.send(reqwest::Method::GET, &format!("/tasks/{id}"), None).await.ok()?;
            let task: serde_json::Value = answer.json().await.ok()?;
            (task["status"] == "completed").then_some(task)
        })
        .await;
        assert_eq!((&task["attempt"], task["lost"].as_u64().unwrap_or(0)), (&json!(1), 0), "{task}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_finishes_once_after_a_short_outage() {
    outage(Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_finishes_once_after_an_outage_longer_than_a_lease() {
    outage(Duration::from_secs(5)).await;
}
