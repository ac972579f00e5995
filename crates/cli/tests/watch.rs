use serde_json::Value;

use crate::harness::{Dev, ended, read_until};

const UNKNOWN: &str = "01JBKR2E5F3G4H5J6K7X8M9N0P";

#[test]
fn unknown_and_malformed_ids_are_told_apart() {
    let dev = Dev::start();
    for command in [
        &["status", UNKNOWN][..],
        &["status", UNKNOWN, "--follow"],
        &["inspect", UNKNOWN],
        &["cancel", UNKNOWN],
        &["resubmit", UNKNOWN],
        &["run", UNKNOWN],
        &["retry", UNKNOWN],
    ] {
        let run = dev.jobbers(command).expect(1);
        assert!(run.err.contains(&format!("there is no task {UNKNOWN}")), "{command:?}: {}", run.err);
    }
    let run = dev.jobbers(&["status", "x"]).expect(2);
    assert!(run.err.contains("`x`"), "{}", run.err);
}

#[test]
fn several_tasks_are_a_table_and_an_unknown_one_is_told() {
    let dev = Dev::start();
    let (a, b) = (dev.submit(&["noop"]), dev.submit(&["slow_task"]));
    dev.until(&a, "completed");
    let run = dev.jobbers(&["status", &a, UNKNOWN, &b]).expect(1);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.out);
    assert!(lines[1].starts_with(&a) && lines[2].starts_with(&b), "{}", run.out);
    assert!(run.err.contains(UNKNOWN), "{}", run.err);
    let tasks = dev.jobbers(&["status", &a, &b, "--json"]).expect(0).json();
    assert_eq!((&tasks[0]["id"], &tasks[1]["id"]), (&Value::from(a), &Value::from(b)));
}

#[test]
fn a_wait_for_several_ends_with_the_last_of_them() {
    let dev = Dev::start();
    let (a, b) = (dev.submit(&["slow_task", "seconds=0.2"]), dev.submit(&["noop"]));
    let tasks = dev.jobbers(&["status", &a, &b, "--wait", "--json"]).expect(0).json();
    assert!(tasks.as_array().expect("tasks").iter().all(|task| task["status"] == "completed"), "{tasks}");
    let crashed = dev.submit(&["crash_task"]);
    dev.jobbers(&["status", &a, &crashed, "--wait"]).expect(1);
}

#[test]
fn each_change_is_followed_until_the_end() {
    let dev = Dev::start();
    let id = dev.submit(&["slow_task", "seconds=0.3"]);
    let run = dev.jobbers(&["status", &id, "--follow"]).expect(0);
    let last = run.out.lines().last().unwrap_or_default();
    assert_eq!(last, "completed  {\"seconds\":0.3}", "{}", run.out);
    let run = dev.jobbers(&["submit", "always_fail_task", "--follow"]).expect(1);
    assert!(run.out.lines().last().is_some_and(|line| line.starts_with("failed")), "{}", run.out);
    let states = dev.jobbers(&["submit", "slow_task", "seconds=0.5", "--follow", "--json"]).expect(0).json_lines();
    assert_eq!(states.last().map(|task| &task["status"]), Some(&Value::from("completed")));
    assert!(states.iter().any(|task| task["status"] == "started"), "{states:?}");
}

#[test]
fn a_task_that_is_cancelled_is_followed_to_that_end() {
    let dev = Dev::start();
    let id = dev.submit(&["slow_task", "seconds=600"]);
    let mut following = dev.spawn(&["status", &id, "--follow"]);
    read_until(&mut following, "started");
    dev.jobbers(&["cancel", &id]).expect(0);
    let run = ended(following).expect(1);
    assert!(run.out.contains("cancelled"), "{}", run.out);
}

#[test]
fn several_tasks_are_followed_each_under_its_id() {
    let dev = Dev::start();
    let (a, b) = (dev.submit(&["slow_task", "seconds=0.2"]), dev.submit(&["noop"]));
    let run = dev.jobbers(&["status", &a, &b, "--follow"]).expect(0);
    for id in [a, b] {
        assert!(run.out.contains(&format!("{id} completed")), "{}", run.out);
    }
}

#[test]
fn everything_is_told_of_a_task_that_failed() {
    let dev = Dev::start();
    let id = dev.submit(&["always_fail_task"]);
    dev.until(&id, "failed");
    let run = dev.jobbers(&["inspect", &id]).expect(0);
    for part in
        ["always_fail_task version 1: failed", "attempt 1", "attempt 3", "this task always fails", "parameters   {}"]
    {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert_eq!(dev.jobbers(&["inspect", &id, "--json"]).expect(0).json()["attempts"][2]["attempt"], 3);
}
