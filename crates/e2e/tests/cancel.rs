//! A cancellation, wherever the task is.

use std::time::Duration;

use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Installation, eventually};
use serde_json::json;

super::on_both_stores! {
    a_queued_task_is_cancelled,
    a_scheduled_task_is_cancelled,
    a_running_task_is_cancelled,
    a_task_whose_worker_just_died_is_cancelled,
}

const SOON: Duration = Duration::from_secs(30);

async fn a_queued_task_is_cancelled(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[("WORKER_CONCURRENT_TASKS", "1")]);
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let first = api.submit("traced_task", json!({"file": file, "seconds": 1})).await;
    api.reaches(&first, "started").await;
    let queued = api.submit("traced_task", json!({"file": file})).await;
    let behind = api.submit("traced_task", json!({"file": file})).await;
    let (status, task) = api.cancel(&queued).await;
    assert_eq!((status, &task["status"]), (200, &json!("cancelled")), "{task}");
    assert_eq!(api.cancel(&queued).await.0, 409);
    api.reaches(&behind, "completed").await;
    assert_eq!(Trace::read(&file).starts(&queued), [] as [u32; 0], "it never ran");
    assert_eq!(api.task(&queued).await["status"], "cancelled");
}

async fn a_scheduled_task_is_cancelled(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.worker(&[]);
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let later = |delay| json!({"name": "traced_task", "version": 1, "parameters": {"file": file}, "delay": delay});
    let (status, task) = api.post("/tasks", later(1)).await;
    assert_eq!((status, &task["status"]), (201, &json!("scheduled")), "{task}");
    let cancelled = task["id"].as_str().unwrap().to_owned();
    assert_eq!(api.cancel(&cancelled).await.1["status"], "cancelled");
    // One that is due later runs, so the cancelled one was due as well.
    let (_, task) = api.post("/tasks", later(2)).await;
    api.reaches(task["id"].as_str().unwrap(), "completed").await;
    assert_eq!(Trace::read(&file).starts(&cancelled), [] as [u32; 0]);
}

async fn a_running_task_is_cancelled(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.demo_worker(&[]);
    api.knows("busy_task").await;
    for name in ["slow_task", "busy_task"] {
        let id = api.submit(name, json!({"seconds": 600})).await;
        api.reaches(&id, "started").await;
        let (status, task) = api.cancel(&id).await;
        assert_eq!(status, 200, "{task}");
        assert!(task["status"] == "cancelled" || task["cancel_requested_at"].is_string(), "{task}");
        let task = api.reaches(&id, "cancelled").await;
        assert_eq!(task["attempt"], 1, "{task}");
        assert_eq!(api.cancel(&id).await.0, 409);
    }
}

async fn a_task_whose_worker_just_died_is_cancelled(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let mut worker = jobbers.worker(&[]);
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let id = api.submit("traced_task", json!({"file": file, "seconds": 600})).await;
    eventually("it runs", SOON, async || (Trace::read(&file).starts(&id) == [1]).then_some(())).await;
    worker.kill();
    let _other = jobbers.worker(&[]);
    let (status, task) = api.cancel(&id).await;
    assert_eq!((status, &task["status"]), (200, &json!("started")), "{task}");
    assert!(task["cancel_requested_at"].is_string(), "{task}");
    api.reaches(&id, "cancelled").await;
    assert_eq!(Trace::read(&file).starts(&id), [1], "it does not run again");
}
