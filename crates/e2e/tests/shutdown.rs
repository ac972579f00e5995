//! A worker is told to stop, or has done its share.

use std::time::Duration;

use jobbers_conformance::server::Signal;
use jobbers_e2e::Installation;
use serde_json::json;

super::on_both_stores! {
    each_task_is_treated_as_its_policy_says,
    a_second_signal_ends_a_worker_at_once,
    a_worker_ends_after_its_share_of_tasks,
    programs_without_work_end_in_good_order,
}

const SOON: Duration = Duration::from_secs(20);

async fn each_task_is_treated_as_its_policy_says(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let mut worker = jobbers.demo_worker(&[]);
    api.knows("stubborn_task").await;
    let stopped = api.submit("slow_task", json!({"seconds": 600})).await;
    let resubmitted = api.submit("resubmit_task", json!({"seconds": 1})).await;
    let continued = api.submit("stubborn_task", json!({"seconds": 3})).await;
    for id in [&stopped, &resubmitted, &continued] {
        api.reaches(id, "started").await;
    }
    worker.signal(Signal::Term);
    api.reaches(&stopped, "stalled").await;
    let waiting = api.reaches(&resubmitted, "submitted").await;
    assert_eq!(waiting["retry_attempt"].as_u64().unwrap_or(0), 0, "no retry is spent: {waiting}");
    let late = api.submit("echo_task", json!({})).await;
    assert_eq!(worker.ends_within(SOON).await, Some(0), "it ends in good order");
    assert_eq!(api.task(&continued).await["status"], "completed");
    assert_eq!(api.task(&late).await["status"], "submitted", "it took nothing new");
    let _next = jobbers.demo_worker(&[]);
    assert_eq!(api.reaches(&resubmitted, "completed").await["attempt"], 2);
    api.reaches(&late, "completed").await;
}

async fn a_second_signal_ends_a_worker_at_once(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let mut worker = jobbers.demo_worker(&[]);
    api.knows("stubborn_task").await;
    let id = api.submit("stubborn_task", json!({"seconds": 600})).await;
    let sign = api.submit("slow_task", json!({"seconds": 600})).await;
    api.reaches(&id, "started").await;
    api.reaches(&sign, "started").await;
    worker.signal(Signal::Int);
    // The first signal has arrived when the other task was stopped by it.
    api.reaches(&sign, "stalled").await;
    assert!(worker.has_ended().is_none(), "it waits for the stubborn task");
    worker.signal(Signal::Int);
    let code = worker.ends_within(Duration::from_secs(10)).await;
    assert_ne!(code, Some(0), "that is no good order");
    // Its task is not lost: it waits again when the lease is over, or was handed back.
    api.reaches(&id, "submitted").await;
}

async fn a_worker_ends_after_its_share_of_tasks(jobbers: Installation) {
    let (_manager, api) = jobbers.ready_manager().await;
    let mut worker = jobbers.demo_worker(&[("WORKER_TTL", "3")]);
    api.knows("slow_task").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(api.submit("slow_task", json!({"seconds": 0.2})).await);
    }
    assert_eq!(worker.ends_within(SOON).await, Some(0));
    let mut statuses = Vec::new();
    for id in &ids {
        statuses.push(api.task(id).await["status"].as_str().unwrap().to_owned());
    }
    statuses.sort();
    assert_eq!(statuses, ["completed", "completed", "completed", "submitted", "submitted"]);
    assert!(worker.log().contains("WORKER_TTL"), "it says so");
}

async fn programs_without_work_end_in_good_order(jobbers: Installation) {
    let (mut manager, api) = jobbers.ready_manager().await;
    let mut scheduler = jobbers.scheduler();
    let mut worker = jobbers.demo_worker(&[]);
    api.knows("noop").await;
    for (program, signal) in [(&mut worker, Signal::Term), (&mut scheduler, Signal::Term), (&mut manager, Signal::Int)]
    {
        program.signal(signal);
        assert_eq!(program.ends_within(SOON).await, Some(0));
    }
}
