use serde_json::Value;

use crate::harness::{Dev, read_until};

#[test]
fn queues_are_counted() {
    let dev = Dev::start();
    let id = dev.submit(&["noop"]);
    dev.until(&id, "completed");
    dev.submit(&["noop", "--delay", "1h"]);
    let stats = dev.jobbers(&["stats"]).expect(0).out;
    assert!(stats.lines().any(|line| line.starts_with("default ")), "{stats}");
    dev.jobbers(&["stats", "--json"]).expect(0).json();
}

#[test]
fn workers_are_listed_and_drained() {
    let dev = Dev::start();
    let table = dev.jobbers(&["workers"]).expect(0).out;
    assert!(table.contains(" scheduler ") && table.contains("0 of 5"), "{table}");
    let live = dev.jobbers(&["workers", "--json"]).expect(0).json();
    let workers = live["workers"].as_array().expect("workers");
    let worker = workers.iter().find(|worker| worker["kind"] == "worker").expect("a worker");
    let scheduler = workers.iter().find(|worker| worker["kind"] == "scheduler").expect("a scheduler");
    let id = |process: &Value| process["id"].as_str().expect("an id").to_owned();
    let run = dev.jobbers(&["workers", "drain", &id(scheduler)]).expect(1);
    assert!(run.err.contains("only workers can be drained"), "{}", run.err);
    let run = dev.jobbers(&["workers", "drain", "0123456789abcdef"]).expect(1);
    assert!(run.err.contains("0123456789abcdef"), "{}", run.err);
    // It waits for this one, so that the manager is still there to answer.
    let running = dev.submit(&["slow_task", "seconds=600"]);
    dev.until(&running, "started");
    let run = dev.jobbers(&["workers", "drain", &id(worker)]).expect(0);
    assert!(run.out.contains("drains"), "{}", run.out);
    dev.until_so("the worker drains", || dev.jobbers(&["workers"]).expect(0).out.contains("1 of 5, draining"));
}

#[test]
fn task_types_tell_how_to_submit_them() {
    let dev = Dev::start();
    let table = dev.jobbers(&["types"]).expect(0).out;
    assert!(table.lines().any(|line| line.starts_with("word_count ") && line.contains("path=text")), "{table}");
    let told = dev.jobbers(&["types", "echo_task"]).expect(0).out;
    let line = told.lines().last().expect("a line").trim();
    assert_eq!(line, "jobbers submit echo_task value=default");
    let words: Vec<&str> = line.split_whitespace().skip(1).chain(["--wait"]).collect();
    dev.jobbers(&words).expect(0);
    let run = dev.jobbers(&["types", "nope"]).expect(1);
    assert!(run.err.contains("`nope`") && run.err.contains("echo_task"), "{}", run.err);
    dev.jobbers(&["types", "--json"]).expect(0).json();
}

#[test]
fn a_watch_goes_on_until_it_is_stopped() {
    let dev = Dev::start();
    let mut watching = dev.spawn(&["stats", "--watch=100ms", "--json"]);
    let seen = read_until(&mut watching, "}\n{\"at\"");
    drop(watching.kill());
    drop(watching.wait());
    assert!(seen.starts_with("{\"at\""), "{seen}");
}

#[test]
fn a_task_is_explained() {
    let dev = Dev::start();
    let running = dev.submit(&["slow_task", "seconds=600"]);
    dev.until(&running, "started");
    let told = dev.jobbers(&["explain", &running]).expect(0).out;
    assert!(told.starts_with("It runs on worker ") && told.lines().count() == 1, "{told}");
    let later = dev.submit(&["noop", "--delay", "1h"]);
    let told = dev.jobbers(&["explain", &later, "--json"]).expect(0).json();
    assert_eq!((&told["reason"], &told["scheduler_alive"]), (&Value::from("scheduled"), &Value::from(true)));
    let told = dev.jobbers(&["explain", &later]).expect(0).out;
    assert!(told.trim_end().ends_with(" min."), "{told}");
    let run = dev.jobbers(&["explain", "01JBKR2E5F3G4H5J6K7X8M9N0P"]).expect(1);
    assert!(run.err.contains("there is no task"), "{}", run.err);
}
