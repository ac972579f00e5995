use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use jobbers_conformance::server::{Guard, Signal, free_port, signal};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::place::{MINUTE, Place};

const PATIENCE: Duration = Duration::from_secs(60);

fn command(url: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobbers_cleaner"));
    for name in ["REDIS_URL", "KEY_PREFIX", "TASK_ADAPTER", "TASK_BACKEND", "RUST_LOG", "LOG_FORMAT"] {
        command.env_remove(name);
    }
    // Whatever a test is about, no file appears where it runs.
    command.args(flags).env("STORE_URL", url).env("SQL_PATH", "sqlite:///nowhere/jobbers.db");
    command
}

/// On the file of a place.
fn on(place: &Place, flags: &[&str]) -> Command {
    let url = format!("sqlite://{}", place.file().display());
    let mut command = command(&url, flags);
    command.env("SQL_PATH", &url);
    command
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn object(Output { stdout, .. }: &Output) -> Value {
    let mut lines = text(stdout).lines();
    let summary = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(lines.next(), None, "one object on one line");
    summary
}

#[tokio::test]
async fn a_run_ends_with_0_and_one_summary() {
    let place = Place::new().await;
    let mut worker = place.worker(1, Some(MINUTE)).await;
    place.submit(1..2).await;
    worker.claim_one().await;
    // The process goes by the clock of the machine, by which the task has not begun yet.
    let output = on(&place, &["--log-format", "json", "--rate-limit-age", "604800"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut summary = object(&output);
    assert!(summary["duration_ms"].is_u64());
    summary["duration_ms"] = json!(0);
    let nothing = json!({
        "dry_run": false, "stalled": 0, "pruned": 0, "dead_letters_pruned": 0, "queue_entries_gone": 0,
        "queue_entries_dead": 0, "rate_limits_pruned": 0, "duration_ms": 0,
    });
    assert_eq!(summary, nothing);
    let output = on(&place, &["--log-format", "text", "--dry-run"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(text(&output.stdout).starts_with("Dry run, nothing was changed."), "{output:?}");
}

#[test]
fn wrong_flags_are_told_with_exit_code_2() {
    for (flags, words) in [
        (["--stale-time", "soon"].as_slice(), ["--stale-time", "'soon'"]),
        (&["--completed-task-age=-5"], ["--completed-task-age", "'-5'"]),
        (&["--interval", "0"], ["--interval", "'0'"]),
        (&["--min-queue-age", "2", "--max-queue-age", "1"], ["--min-queue-age", "--max-queue-age"]),
        (&["--keep-everything"], ["--keep-everything", "unexpected"]),
        (&["demo"], ["demo", "unexpected"]),
        (&["--store-url", "ftp://user:s3cret@host"], ["STORE_URL", "ftp://"]),
    ] {
        let output = command("redis://localhost:6379", flags).output().unwrap();
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {error}");
        assert!(words.iter().all(|word| error.contains(word)), "{flags:?}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn help_and_version_need_no_store() {
    for (flag, word) in [("--help", "--completed-task-age"), ("--version", env!("CARGO_PKG_VERSION"))] {
        let output = command("redis://localhost:1", &[flag]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains(word), "{output:?}");
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_waited_for_5_seconds() {
    let place = Place::new().await;
    let began = Instant::now();
    let away = format!("redis://127.0.0.1:{}", free_port());
    let output = on(&place, &["--store-url", &away]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains(&away), "it names the store: {output:?}");
    assert!(output.stdout.is_empty(), "nothing was done: {output:?}");
    let took = began.elapsed();
    assert!((5..9).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn as_a_service_it_cleans_again_and_again_until_it_is_told_to_stop() {
    let place = Place::new().await;
    for stop in [Signal::Term, Signal::Int] {
        let log = place.file().with_extension("out");
        let output = std::fs::File::create(&log).unwrap();
        let mut service = on(&place, &["--interval", "0.1", "--log-format", "json"]);
        let mut service = Guard::spawn(service.stdout(output).stderr(Stdio::null())).unwrap();
        let status = timeout(PATIENCE, async {
            while std::fs::read_to_string(&log).unwrap().lines().count() < 3 {
                assert!(service.ended().is_none(), "it goes on");
                sleep(Duration::from_millis(10)).await;
            }
            signal(service.pid(), stop);
            loop {
                if let Some(status) = service.ended() {
                    return status;
                }
                sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .unwrap();
        assert_eq!(status.code(), Some(0));
    }
}
