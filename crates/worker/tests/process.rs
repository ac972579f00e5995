//! The stock worker as a process: its exit codes and what it says.

use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use jobbers_conformance::server::{Guard, Signal, signal};
use jobbers_core::model::Status;
use tokio::time::sleep;

use crate::place::{PATIENCE, Place, within};

pub fn command(place: Option<&Place>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobbers_worker"));
    for (name, _) in std::env::vars() {
        if name.starts_with("WORKER_")
            || ["STORE_URL", "REDIS_URL", "SQL_PATH", "MAX_RESULT", "RUST_LOG"].contains(&&*name)
        {
            command.env_remove(name);
        }
    }
    if let Some(place) = place {
        let url = format!("sqlite://{}", place.folder.path().join("jobbers.db").display());
        command.env("STORE_URL", &url).env("SQL_PATH", &url);
    }
    command
}

fn misused(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let Output { status, stderr, .. } =
        command(None).args(arguments).envs(environment.iter().copied()).output().unwrap();
    assert_eq!(status.code(), Some(2));
    String::from_utf8(stderr).unwrap()
}

pub async fn end(process: &mut Guard) -> ExitStatus {
    within(PATIENCE, async {
        loop {
            if let Some(status) = process.ended() {
                return status;
            }
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

#[test]
fn wrong_usage_is_told_with_exit_code_2() {
    assert!(misused(&["no/tasks.toml"], &[]).contains("task module `no/tasks.toml` cannot be read: No such file"));
    assert!(misused(&["no-module"], &[]).contains("`no-module` is none: there are `demo`"));
    let error = misused(&["demo"], &[("WORKER_CONCURRENT_TASKS", "0")]);
    assert!(error.contains("'0'") && error.contains("WORKER_CONCURRENT_TASKS is a whole number from 1"), "{error}");
}

#[tokio::test]
async fn a_worker_ends_with_0_after_its_ttl_and_says_so() {
    let place = Place::sqlite().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(place.submit("noop", "{}").await);
    }
    let mut command = command(Some(&place));
    command.arg("demo").env("WORKER_TTL", "3").env("LOG_FORMAT", "json");
    let Output { status, stderr, .. } =
        within(PATIENCE, tokio::task::spawn_blocking(move || command.output().unwrap())).await.unwrap();
    assert_eq!(status.code(), Some(0));
    let log = String::from_utf8(stderr).unwrap();
    let line = log.lines().find(|line| line.contains("worker_spent")).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("WORKER TTL REACHED: 3 tasks claimed: 3 completed"), "{line}");
    let mut completed = 0;
    for id in ids {
        completed += usize::from(place.get(id).await.status == Status::Completed);
    }
    assert_eq!(completed, 3);
}

#[tokio::test]
async fn the_first_signal_ends_in_good_order_and_the_second_at_once() {
    let place = Place::sqlite().await;
    let (stubborn, slow) =
        (place.submit("stubborn_task", r#"{"seconds":3600}"#).await, place.submit("slow_task", "{}").await);
    let mut worker = Guard::spawn(command(Some(&place)).arg("demo").stderr(Stdio::null())).unwrap();
    for id in [stubborn, slow] {
        place.until(id, |task| task.status == Status::Started).await;
    }
    signal(worker.pid(), Signal::Term);
    // The one that stops is delivered while the other goes on.
    assert_eq!(place.ended(slow).await.status, Status::Stalled);
    assert_eq!(worker.ended(), None);
    signal(worker.pid(), Signal::Term);
    assert_eq!(end(&mut worker).await.code(), Some(130));
    assert_eq!(place.get(stubborn).await.status, Status::Started);
}

#[tokio::test]
async fn a_signal_to_an_idle_worker_ends_it_with_0() {
    let place = Place::sqlite().await;
    let mut worker = Guard::spawn(command(Some(&place)).arg("demo").stderr(Stdio::null())).unwrap();
    let id = place.submit("resubmit_task", r#"{"seconds":3600}"#).await;
    place.until(id, |task| task.status == Status::Started).await;
    signal(worker.pid(), Signal::Term);
    assert_eq!(end(&mut worker).await.code(), Some(0));
    let task = place.get(id).await;
    assert_eq!((task.status, task.failures, task.lost), (Status::Submitted, 0, 0));
}
