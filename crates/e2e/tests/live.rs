//! Queues and roles that an operator changes while everything runs.

use std::time::{Duration, Instant};

use jobbers_e2e::operator::{AT_ONCE, recorded};
use jobbers_e2e::{Api, Installation, eventually};
use reqwest::Method;
use serde_json::{Value, json};

super::on_both_stores! {
    a_queue_created_on_one_manager_is_used_through_another_and_by_an_idle_worker_at_once,
    an_idle_worker_follows_the_queues_of_its_role,
    a_worker_whose_role_does_not_exist_yet_begins_when_it_does,
    a_paused_queue_starts_nothing_and_what_runs_goes_on,
    a_deleted_queue_is_cleared_and_one_of_its_name_begins_anew,
}

super::on_postgres! {
    a_queue_created_on_one_manager_is_used_through_another_and_by_an_idle_worker_at_once,
    an_idle_worker_follows_the_queues_of_its_role,
    a_worker_whose_role_does_not_exist_yet_begins_when_it_does,
    a_paused_queue_starts_nothing_and_what_runs_goes_on,
    a_deleted_queue_is_cleared_and_one_of_its_name_begins_anew,
}

const SOON: Duration = Duration::from_secs(30);

fn unlimited() -> Value {
    json!({"max_concurrent": null})
}

/// Waits for an end, which must come as soon as a change is to count.
async fn runs_at_once(api: &Api, id: &str, changed: Instant) {
    api.reaches(id, "completed").await;
    assert!(changed.elapsed() < AT_ONCE, "it ran only after {:?}", changed.elapsed());
}

/// Waits until the only worker consumes these queues; it must be so at once.
async fn consumes(api: &Api, queues: &[&str], changed: Instant) {
    let what = format!("the worker consumes {queues:?}");
    eventually(&what, AT_ONCE, async || (api.consumed().await == [queues]).then_some(())).await;
    assert!(changed.elapsed() < AT_ONCE, "{what} only after {:?}", changed.elapsed());
}

async fn a_queue_created_on_one_manager_is_used_through_another_and_by_an_idle_worker_at_once(jobbers: Installation) {
    let (_first, one) = jobbers.ready_manager().await;
    let (_second, two) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[]);
    let task = recorded(&jobbers.path("journal"), 0.0);
    two.knows("recorded_task").await;
    // Both managers have read the queues, and the worker has nothing to do.
    let first = two.submit_to("default", "recorded_task", task.clone()).await;
    one.reaches(&first, "completed").await;
    for (manager, other, name) in [(&one, &two, "fresh"), (&two, &one, "fresher")] {
        manager.create_queue(name, unlimited()).await;
        manager.give("default", &["default", name]).await;
        let changed = Instant::now();
        let id = other.submit_to(name, "recorded_task", task.clone()).await;
        runs_at_once(other, &id, changed).await;
    }
}

async fn an_idle_worker_follows_the_queues_of_its_role(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[]);
    let task = recorded(&jobbers.path("journal"), 0.0);
    api.knows("recorded_task").await;
    api.create_queue("extra", unlimited()).await;
    let waits = api.submit_to("extra", "recorded_task", task.clone()).await;
    let own = api.submit_to("default", "recorded_task", task.clone()).await;
    api.reaches(&own, "completed").await;
    assert_eq!(api.task(&waits).await["status"], "submitted", "nobody consumes its queue");
    let changed = Instant::now();
    api.give("default", &["default", "extra"]).await;
    runs_at_once(&api, &waits, changed).await;

    let changed = Instant::now();
    api.give("default", &["default"]).await;
    consumes(&api, &["default"], changed).await;
    let waits = api.submit_to("extra", "recorded_task", task.clone()).await;
    let own = api.submit_to("default", "recorded_task", task).await;
    api.reaches(&own, "completed").await;
    assert_eq!(api.task(&waits).await["status"], "submitted");
    let changed = Instant::now();
    api.give("default", &["extra"]).await;
    runs_at_once(&api, &waits, changed).await;
}

async fn a_worker_whose_role_does_not_exist_yet_begins_when_it_does(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let worker = jobbers.worker(&[("WORKER_ROLE", "images")]);
    api.knows("recorded_task").await;
    let said = || worker.log().contains("there is no role `images`");
    eventually("it says that it has nothing to do", SOON, async || said().then_some(())).await;
    let id = api.submit_to("default", "recorded_task", recorded(&jobbers.path("journal"), 0.0)).await;
    let changed = Instant::now();
    let (status, answer) = api.post("/roles", json!({"name": "images", "queues": ["default"]})).await;
    assert_eq!(status, 201, "{answer}");
    runs_at_once(&api, &id, changed).await;
}

async fn a_paused_queue_starts_nothing_and_what_runs_goes_on(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.worker(&[]);
    let journal = jobbers.path("journal");
    api.knows("recorded_task").await;
    api.open_queue("images", unlimited()).await;
    let runs = api.submit_to("images", "recorded_task", recorded(&journal, 4.0)).await;
    api.reaches(&runs, "started").await;
    api.pause("images").await;
    // The promise: within a second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let waits = api.submit_to("images", "recorded_task", recorded(&journal, 0.0)).await;
    let other = api.submit_to("default", "recorded_task", recorded(&journal, 0.0)).await;
    api.reaches(&other, "completed").await;
    assert_eq!(api.task(&waits).await["status"], "submitted");
    assert_eq!(api.reaches(&runs, "completed").await["attempt"], 1, "what runs goes on");
    // A slot is free now, and the worker asks again for whatever it may have.
    let other = api.submit_to("default", "recorded_task", recorded(&journal, 0.0)).await;
    api.reaches(&other, "completed").await;
    assert_eq!(api.task(&waits).await["status"], "submitted");
    assert_eq!(api.consumed().await, [["default", "images"]], "it is still this worker's queue");
    let changed = Instant::now();
    api.resume("images").await;
    runs_at_once(&api, &waits, changed).await;
}

async fn a_deleted_queue_is_cleared_and_one_of_its_name_begins_anew(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.worker(&[]);
    let journal = jobbers.path("journal");
    api.knows("recorded_task").await;
    api.open_queue("images", json!({"max_concurrent": 1})).await;
    let runs = api.submit_to("images", "recorded_task", recorded(&journal, 600.0)).await;
    api.reaches(&runs, "started").await;
    let waits = api.submit_to("images", "recorded_task", recorded(&journal, 0.0)).await;
    let later = json!({"name": "recorded_task", "version": 1, "queue": "images",
        "parameters": recorded(&journal, 0.0), "delay": 3600});
    let (status, later) = api.post("/tasks", later).await;
    assert_eq!(status, 201, "{later}");
    let later = later["id"].as_str().unwrap();

    let (status, problem) = api.call(Method::DELETE, "/queues/images", None).await;
    assert_eq!(status, 409, "{problem}");
    assert_eq!(api.task(&waits).await["status"], "submitted", "a refusal changes nothing");
    let (status, answer) = api.call(Method::DELETE, "/queues/images?force=true", None).await;
    assert_eq!(status, 200, "{answer}");
    for id in [waits.as_str(), later, runs.as_str()] {
        api.reaches(id, "cancelled").await;
    }
    let (_, queues) = api.call(Method::GET, "/queues", None).await;
    assert_eq!(queues, json!({"queues": ["default"]}));
    let body = json!({"name": "recorded_task", "version": 1, "queue": "images", "parameters": recorded(&journal, 0.0)});
    assert_eq!(api.post("/tasks", body).await.0, 400);

    let changed = Instant::now();
    api.open_queue("images", unlimited()).await;
    let (quick, slow) = (recorded(&journal, 0.0), recorded(&journal, 3.0));
    let slow = api.submit_to("images", "recorded_task", slow).await;
    let quick = api.submit_to("images", "recorded_task", quick).await;
    runs_at_once(&api, &quick, changed).await;
    // A scheduler still clears what the deleted queue may have left.
    assert_eq!(api.reaches(&slow, "completed").await["attempt"], 1);
}
