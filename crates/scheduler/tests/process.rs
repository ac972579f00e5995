use std::process::{Command, Stdio};
use std::time::Duration;

use jobbers_conformance::server::{Guard, Signal, signal};
use jobbers_core::model::{Status, When};
use tokio::time::{sleep, timeout};

use crate::place::{PATIENCE, Place};

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobbers_scheduler"));
    for (name, _) in std::env::vars() {
        if name.starts_with("SCHEDULER_") || ["STORE_URL", "REDIS_URL", "SQL_PATH", "RUST_LOG"].contains(&&*name) {
            command.env_remove(name);
        }
    }
    command
}

#[test]
fn wrong_settings_are_told_with_exit_code_2() {
    let output = command().env("SCHEDULER_BATCH_SIZE", "0").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("'0'") && error.contains("SCHEDULER_BATCH_SIZE is a whole number from 1 to 500"), "{error}");
}

#[tokio::test]
async fn the_process_promotes_for_others_and_ends_with_0_on_a_signal() {
    let place = Place::new().await;
    let url = format!("sqlite://{}", place.folder.path().join("jobbers.db").display());
    let mut process =
        Guard::spawn(command().env("STORE_URL", &url).env("SQL_PATH", &url).stderr(Stdio::null())).unwrap();
    let id = place.submit("default", When::After(Duration::from_millis(1))).await;
    place.until(id, Status::Submitted).await;
    signal(process.pid(), Signal::Term);
    let status = timeout(PATIENCE, async {
        loop {
            if let Some(status) = process.ended() {
                return status;
            }
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(status.code(), Some(0));
}
