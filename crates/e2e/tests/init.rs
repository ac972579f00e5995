//! A worker as the first process of a container.

use std::path::Path;
use std::time::Duration;

use jobbers_conformance::server::{Signal, signal};
use jobbers_e2e::{Installation, Program, Store, eventually};
use serde_json::json;

const SOON: Duration = Duration::from_secs(20);

/// A worker as PID 1, and its id outside.
async fn worker(jobbers: &Installation) -> Option<(Program, u32)> {
    let environment = jobbers.environment(&[("PATH", &std::env::var("PATH").unwrap())]);
    let Some(worker) = Program::start_as_init("jobbers_worker", &["demo"], &environment, &jobbers.path(".")) else {
        eprintln!("SKIPPED: this user may not make a PID namespace (unshare --pid), so no worker runs as PID 1");
        return None;
    };
    let pid = eventually("the worker runs", SOON, async || worker.children().first().copied()).await;
    eventually("it is the first process", SOON, async || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let inside = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?.split_whitespace().last()?;
        let name = status.lines().find_map(|line| line.strip_prefix("Name:"))?.trim();
        (inside == "1" && name == "jobbers_worker").then_some(())
    })
    .await;
    Some((worker, pid))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_as_the_first_process_ends_in_good_order() {
    let jobbers = Installation::on(Store::Sqlite);
    let (_manager, api) = jobbers.ready_manager().await;
    let Some((mut worker, pid)) = worker(&jobbers).await else { return };
    api.knows("stubborn_task").await;
    let stopped = api.submit("slow_task", json!({"seconds": 600})).await;
    let resubmitted = api.submit("resubmit_task", json!({"seconds": 600})).await;
    let continued = api.submit("stubborn_task", json!({"seconds": 2})).await;
    for id in [&stopped, &resubmitted, &continued] {
        api.reaches(id, "started").await;
    }
    signal(pid, Signal::Term);
    assert_eq!(worker.ends_within(SOON).await, Some(0), "{}", worker.log());
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "nothing is left of it, not even a zombie");
    for (id, status) in [(&stopped, "stalled"), (&resubmitted, "submitted"), (&continued, "completed")] {
        assert_eq!(api.task(id).await["status"], status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_a_worker_as_the_first_process_at_once() {
    let jobbers = Installation::on(Store::Sqlite);
    let (_manager, api) = jobbers.ready_manager().await;
    let Some((mut worker, pid)) = worker(&jobbers).await else { return };
    api.knows("stubborn_task").await;
    let id = api.submit("stubborn_task", json!({"seconds": 600})).await;
    api.reaches(&id, "started").await;
    signal(pid, Signal::Term);
    eventually("it has the first signal", SOON, async || worker.log().contains("in good order").then_some(())).await;
    signal(pid, Signal::Term);
    assert_eq!(worker.ends_within(Duration::from_secs(5)).await, Some(130), "{}", worker.log());
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "nothing is left of it");
}
