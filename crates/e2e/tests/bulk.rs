//! What is done to many tasks at once while workers run them.

use std::time::Duration;

use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Installation, eventually};
use reqwest::Method;
use serde_json::{Value, json};

super::on_both_stores! {
    tasks_are_cancelled_by_filter_while_workers_run_them,
}

async fn tasks_are_cancelled_by_filter_while_workers_run_them(jobbers: Installation) {
    const TASKS: usize = 50_000;
    let (_manager, api) = jobbers.ready_manager().await;
    let first = jobbers.worker(&[]);
    api.knows("traced_task").await;
    drop(first);
    let file = jobbers.path("trace");
    for _ in 0..TASKS / 10_000 {
        let task = json!({"name": "traced_task", "version": 1, "parameters": {"file": file}});
        let (status, answer) = api.post("/tasks/batch", Value::Array(vec![task; 10_000])).await;
        assert_eq!(status, 200, "{answer}");
    }
    let body = json!({"filter": {"name": "traced_task", "status": "submitted"}, "limit": 10_000, "dry_run": true});
    let (status, dry) = api.post("/tasks/cancel", body).await;
    assert_eq!(status, 200, "{dry}");
    assert!(!dry["results"].as_array().unwrap().is_empty());
    assert_eq!(api.call(Method::GET, "/tasks?status=cancelled", None).await.1["tasks"], json!([]), "a dry run cancels");

    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    eventually("some have run", Duration::from_secs(60), async || (Trace::read(&file).ended() > 100).then_some(()))
        .await;
    let mut cancelled = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let mut body = json!({"filter": {"name": "traced_task", "status": "submitted"}, "limit": 10_000});
        if cursor.is_string() {
            body["cursor"] = cursor;
        }
        let (status, answer) = api.post("/tasks/cancel", body).await;
        assert_eq!(status, 200, "{answer}");
        for result in answer["results"].as_array().unwrap() {
            match result["status"].as_str().unwrap() {
                "cancelled" => cancelled.push(result["task_id"].as_str().unwrap().to_owned()),
                // A worker was quicker.
                "cancellation_requested" | "conflict" => {}
                other => panic!("{other}: {result}"),
            }
        }
        cursor = answer["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let settled = async || {
        let mut left = 0;
        for status in ["submitted", "scheduled", "started"] {
            let (_, page) = api.call(Method::GET, &format!("/tasks?status={status}&limit=1"), None).await;
            left += page["tasks"].as_array()?.len();
        }
        (left == 0).then_some(())
    };
    eventually("everything has ended", Duration::from_secs(60), settled).await;

    let trace = Trace::read(&file);
    assert!(cancelled.len() > 1_000, "only {} were cancelled: the workers were too quick", cancelled.len());
    for id in &cancelled {
        assert_eq!(trace.starts(id), [0_u32; 0].as_slice(), "{id} was cancelled while it waited, and ran");
    }
    assert_eq!(cancelled.len() + trace.tasks(), TASKS, "each was cancelled or ran");
    for id in [&cancelled[0], &cancelled[cancelled.len() - 1]] {
        assert_eq!(api.task(id).await["status"], "cancelled");
    }
}
