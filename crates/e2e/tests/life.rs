//! A task goes from REST to a worker and back.

use std::time::Duration;

use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Installation, eventually};
use serde_json::json;

super::on_both_stores! {
    a_task_goes_from_rest_to_a_worker_and_back,
    a_thousand_tasks_over_two_workers_run_once_each,
    retries_end_as_the_policy_says,
    bad_submissions_change_nothing,
}

async fn a_task_goes_from_rest_to_a_worker_and_back(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    let id = api.submit("echo_task", json!({"value": "naïve – 汉字"})).await;
    let task = api.reaches(&id, "completed").await;
    assert_eq!(task["result"], json!({"value": "naïve – 汉字"}));
    assert_eq!((&task["attempt"], &task["parameters"]), (&json!(1), &json!({"value": "naïve – 汉字"})));
}

async fn a_thousand_tasks_over_two_workers_run_once_each(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _workers = [jobbers.worker(&[]), jobbers.worker(&[])];
    api.knows("traced_task").await;
    let file = jobbers.path("trace");
    let mut submitting = Vec::new();
    for _ in 0..20 {
        let (api, file) = (api.clone(), file.clone());
        submitting.push(tokio::spawn(async move {
            let mut ids = Vec::new();
            for _ in 0..50 {
                ids.push(api.submit("traced_task", json!({"file": file})).await);
            }
            ids
        }));
    }
    let mut ids = Vec::new();
    for part in submitting {
        ids.extend(part.await.unwrap());
    }
    eventually("all have run", Duration::from_secs(120), async || (Trace::read(&file).ended() == 1000).then_some(()))
        .await;
    let mut workers = std::collections::HashSet::new();
    for id in &ids {
        let task = api.reaches(id, "completed").await;
        workers.insert(task["worker"].as_str().unwrap().to_owned());
    }
    let trace = Trace::read(&file);
    assert_eq!(trace.tasks(), 1000);
    for id in &ids {
        assert_eq!((trace.starts(id), trace.ends(id)), ([1].as_slice(), [1].as_slice()), "{id}");
    }
    assert_eq!(workers.len(), 2, "both workers had a part");
}

async fn retries_end_as_the_policy_says(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.demo_worker(&[]);
    api.knows("crash_task").await;
    for (name, parameters, attempts) in [
        ("always_fail_task", json!({}), 3),
        ("scheduled_fail_task", json!({}), 3),
        ("crash_task", json!({}), 1),
        ("crash_task", json!({"panic": true}), 1),
    ] {
        let id = api.submit(name, parameters).await;
        let task = api.reaches(&id, "failed").await;
        assert_eq!(task["attempt"], attempts, "{task}");
        assert_eq!(task["attempts"].as_array().map(Vec::len), Some(attempts), "{task}");
    }
}

async fn bad_submissions_change_nothing(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    let submission = |change: serde_json::Value| {
        let mut body = json!({"name": "echo_task", "version": 1, "parameters": {}});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (change, expected, said) in [
        (json!({"name": "nobody_knows"}), 400, "nobody_knows"),
        (json!({"version": 99}), 400, "99"),
        (json!({"parameters": {"value": 5}}), 422, "/parameters/value"),
        (json!({"parameters": []}), 422, "parameters"),
        (json!({"priority": 10}), 422, "priority"),
        (json!({"status": "completed"}), 422, "status"),
        (json!({"id": "not-a-ulid"}), 400, "not-a-ulid"),
        (json!({"queue": "nowhere"}), 400, "nowhere"),
    ] {
        let (status, problem) = api.post("/tasks", submission(change)).await;
        assert_eq!(status, expected, "{problem}");
        assert!(problem["detail"].is_string() && problem.to_string().contains(said), "{problem}");
    }
    for (path, expected) in [("/tasks/not-a-ulid", 400), ("/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV", 404)] {
        assert_eq!(api.status(path).await, Some(expected), "{path}");
    }
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let good = submission(json!({"id": id, "parameters": {"value": "one"}}));
    assert_eq!(api.post("/tasks", good.clone()).await.0, 201);
    api.reaches(id, "completed").await;
    assert_eq!(api.post("/tasks", good).await.0, 200, "the same again is no conflict");
    assert_eq!(api.post("/tasks", submission(json!({"id": id, "parameters": {"value": "two"}}))).await.0, 409);
    assert_eq!(api.task(id).await["result"], json!({"value": "one"}));
}
