use serde_json::json;

use crate::harness::Dev;

#[test]
fn a_task_is_submitted_and_waited_for() {
    let dev = Dev::start();
    let run = dev.jobbers(&["submit", "echo_task", "value=hello", "--wait"]).expect(0);
    assert!(run.out.contains("echo_task version 1: completed"), "{}", run.out);
    assert!(run.out.contains("result       {\"value\":\"hello\"}"), "{}", run.out);
    dev.jobbers(&["submit", "crash_task", "--wait"]).expect(1);
    let run = dev.jobbers(&["submit", "slow_task", "--wait=100ms"]).expect(1);
    assert!(run.err.contains("the time is over"), "{}", run.err);
}

#[test]
fn parameters_come_in_three_ways_and_all_options_arrive() {
    let dev = Dev::start();
    for (words, stdin) in [(&["value=hi"][..], ""), (&["{\"value\": \"hi\"}"], ""), (&["-"], "{\"value\": \"hi\"}")] {
        let arguments: Vec<&str> = ["submit", "echo_task", "--json"].iter().chain(words).copied().collect();
        assert_eq!(dev.jobbers_with(&arguments, stdin).expect(0).json()["parameters"], json!({"value": "hi"}));
    }
    let id = "01JBKR2E5F3G4H5J6K7X8M9N0P";
    let options = [
        "noop",
        "--id",
        id,
        "--queue",
        "default",
        "--priority",
        "1",
        "--delay",
        "1h",
        "--expires-at",
        "2h",
        "--metadata",
        "for=you",
        "--metadata",
        "n=1",
    ];
    let words: Vec<&str> = ["submit", "--json"].iter().chain(&options).copied().collect();
    let task = dev.jobbers(&words).expect(0).json();
    assert_eq!((&task["id"], &task["status"], &task["priority"]), (&json!(id), &json!("scheduled"), &json!(1)));
    assert_eq!(task["metadata"], json!({"for": "you", "n": 1}));
    assert!(task["run_at"].is_string() && task["expires_at"].is_string(), "{task}");
    let again = dev.jobbers(&["submit", "noop", "--id", id]).expect(1);
    assert!(again.err.contains(id), "{}", again.err);
    let task = dev.jobbers(&["submit", "noop", "--run-at", "2040-01-01T08:00:00+01:00", "--json"]).expect(0).json();
    assert_eq!(task["run_at"], "2040-01-01T07:00:00.000Z");
}

#[test]
fn what_the_manager_refuses_is_told_and_is_wrong_usage() {
    let dev = Dev::start();
    let run = dev.jobbers(&["submit", "eco_task"]).expect(2);
    assert!(run.err.contains("eco_task") && run.err.contains("echo_task"), "{}", run.err);
    let run = dev.jobbers(&["submit", "slow_task", "seconds=ten"]).expect(2);
    assert!(run.err.contains("/parameters/seconds must be a number"), "{}", run.err);
    let run = dev.jobbers(&["submit", "noop", "--queue", "nowhere"]).expect(2);
    assert!(run.err.contains("nowhere"), "{}", run.err);
    let run = dev.jobbers(&["submit", "noop", "word"]).expect(2);
    assert!(run.err.contains("`word` is no parameter"), "{}", run.err);
}

#[test]
fn a_manager_that_asks_for_a_token_gets_one() {
    let dev =
        Dev::start_with(&["--jobbers-tokens", "ops:submit:sesame-sesame-sesame-1,eye:read:only-for-looking-at-it"]);
    let run = dev.jobbers(&["submit", "noop"]).expect(2);
    assert!(run.err.contains("JOBBERS_TOKEN"), "{}", run.err);
    dev.jobbers(&["submit", "noop", "--wait", "--token", "sesame-sesame-sesame-1"]).expect(0);
    let run = dev.jobbers(&["submit", "noop", "--token", "only-for-looking-at-it"]).expect(2);
    assert!(run.err.contains("submit"), "{}", run.err);
    dev.jobbers(&["list", "--token", "only-for-looking-at-it"]).expect(0);
}
