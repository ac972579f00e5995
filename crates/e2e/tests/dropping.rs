//! Tasks that nobody can run, and such that only seem so; what is kept and for how long.

use std::time::Duration;

use jobbers_conformance::server::Signal;
use jobbers_e2e::installation::api_of;
use jobbers_e2e::trace::Trace;
use jobbers_e2e::{Api, Installation, Program, eventually};
use reqwest::Method;
use serde_json::json;

super::on_both_stores! {
    a_task_that_no_worker_knows_is_dropped_after_the_grace,
    a_rolling_deploy_drops_nothing,
    ended_tasks_are_removed_after_their_retention_and_dead_letters_never,
}

const SOON: Duration = Duration::from_secs(30);
const GRACE: Duration = Duration::from_secs(2);

/// A manager that takes tasks of types that no worker has registered yet.
async fn open_manager(jobbers: &Installation) -> (Program, Api) {
    let manager = jobbers.start("jobbers_manager", &["--accept-unknown"], &[]);
    let api = api_of(&manager).await;
    eventually("the manager is ready", SOON, async || (api.status("/readyz").await? == 200).then_some(())).await;
    (manager, api)
}

fn scheduler(jobbers: &Installation) -> Program {
    jobbers.start("jobbers_scheduler", &[], &[("UNKNOWN_TASK_GRACE", &GRACE.as_secs().to_string())])
}

async fn a_task_that_no_worker_knows_is_dropped_after_the_grace(jobbers: Installation) {
    let (_manager, api) = open_manager(&jobbers).await;
    let _schedulers = [scheduler(&jobbers), scheduler(&jobbers)];
    let early = api.submit("nobody_knows", json!({})).await;
    // Without a worker it waits, however long.
    let later = json!({"name": "later", "version": 1, "parameters": {}, "delay": GRACE.as_secs_f64() * 2.0});
    let sign = api.post("/tasks", later).await.1["id"].as_str().unwrap().to_owned();
    api.reaches(&sign, "submitted").await;
    assert_eq!(api.task(&early).await["status"], "submitted");
    let _worker = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    let task = api.reaches(&early, "dropped").await;
    assert!(task.get("worker").is_none() && task.get("started_at").is_none(), "it never ran: {task}");
    let (status, again) = api.post(&format!("/tasks/{early}/resubmit"), json!({})).await;
    assert_eq!(status, 200, "{again}");
    api.reaches(&early, "dropped").await;
    let known = api.submit("echo_task", json!({})).await;
    api.reaches(&known, "completed").await;
}

async fn a_rolling_deploy_drops_nothing(jobbers: Installation) {
    const LONG: f64 = 5.0;
    let (_manager, api) = open_manager(&jobbers).await;
    let scheduler = scheduler(&jobbers);
    // The old version of the worker, which has been there for long.
    let _old = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    let unknown = api.submit("nobody_knows", json!({})).await;
    api.reaches(&unknown, "dropped").await;
    // Tasks that only the new version knows wait for longer than the grace: first for the worker, then for its only slot.
    let file = jobbers.path("trace");
    let one_slot = [("WORKER_CONCURRENT_TASKS", "1")];
    let mut new = jobbers.worker(&one_slot);
    api.knows("traced_task").await;
    let long = api.submit("traced_task", json!({"file": file, "seconds": LONG})).await;
    api.reaches(&long, "started").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(api.submit("traced_task", json!({"file": file})).await);
    }
    eventually("the long one is over", SOON, async || (Trace::read(&file).ends(&long) == [1]).then_some(())).await;
    // They have waited for more than the grace now, and the only worker that knows them is started anew.
    let more = api.submit("traced_task", json!({"file": file, "seconds": LONG})).await;
    api.reaches(&more, "started").await;
    for _ in 0..3 {
        ids.push(api.submit("traced_task", json!({"file": file})).await);
    }
    let unknown = api.submit("nobody_knows", json!({})).await;
    api.reaches(&unknown, "dropped").await;
    new.signal(Signal::Term);
    assert_eq!(new.ends_within(SOON).await, Some(0));
    // Time for the scheduler to see that nobody knows them at the moment: it looks ten times in a grace.
    tokio::time::sleep(GRACE / 2).await;
    let _new = jobbers.worker(&one_slot);
    for id in ids.iter().chain([&long, &more]) {
        api.reaches(id, "completed").await;
    }
    let (_, dropped) = api.call(Method::GET, "/tasks?status=dropped", None).await;
    assert_eq!(dropped["tasks"].as_array().map(Vec::len), Some(2), "{dropped}");
    assert!(scheduler.log().contains("no live worker knows this type"), "it says so: {}", scheduler.log());
}

async fn ended_tasks_are_removed_after_their_retention_and_dead_letters_never(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _worker = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    let dead = api.submit("always_fail_task", json!({})).await;
    let old = api.submit("echo_task", json!({})).await;
    api.reaches(&dead, "failed").await;
    api.reaches(&old, "completed").await;
    let _schedulers = [1, 2].map(|_| jobbers.start("jobbers_scheduler", &[], &[("RETENTION", "1")]));
    for id in [&old, &api.submit("echo_task", json!({})).await] {
        let path = format!("/tasks/{id}");
        eventually("it is removed", SOON, async || (api.status(&path).await? == 404).then_some(())).await;
    }
    assert_eq!(api.task(&dead).await["status"], "failed");
}
