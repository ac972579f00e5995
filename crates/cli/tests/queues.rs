//! Queues and roles that change while everything runs.

use serde_json::{Value, json};

use crate::harness::Dev;

fn config(dev: &Dev, name: &str) -> Value {
    dev.jobbers(&["queues", "show", name, "--json"]).expect(0).json()["queue"].clone()
}

#[test]
fn a_queue_is_created_changed_and_deleted() {
    let dev = Dev::start();
    let told = dev.jobbers(&["queues", "create", "mails", "--rate", "100/2h", "--paused"]).expect(0).out;
    assert_eq!(told, "mails\n  per worker   10\n  in all       none\n  rate         100/2h\n  paused       yes\n");
    let run = dev.jobbers(&["queues", "create", "mails"]).expect(1);
    assert!(run.err.contains("there is a queue `mails` already"), "{}", run.err);

    dev.jobbers(&["queues", "set", "mails", "--max-concurrent", "none", "--max-concurrent-total", "7"]).expect(0);
    let mails = json!({"name": "mails", "max_concurrent": null, "max_concurrent_total": 7, "rate_numerator": 100,
        "rate_denominator": 2, "rate_period": "hour", "paused": true});
    assert_eq!(config(&dev, "mails"), mails, "what is not given stays");
    dev.jobbers(&["queues", "set", "mails", "--rate", "none", "--json"]).expect(0).json();
    assert_eq!(config(&dev, "mails")["rate_period"], Value::Null);

    let list = dev.jobbers(&["queues"]).expect(0).out;
    let row = list.lines().find(|line| line.starts_with("mails ")).expect("a row");
    assert!(row.ends_with("paused, no consumer"), "{list}");
    let json = dev.jobbers(&["queues", "--json"]).expect(0).json();
    let names: Vec<&Value> =
        json["queues"].as_array().expect("queues").iter().map(|one| &one["queue"]["name"]).collect();
    assert_eq!(names, ["default", "mails"]);

    let run = dev.jobbers(&["queues", "delete", "mails"]).expect(0);
    assert!(run.out.starts_with("queue mails is deleted"), "{}", run.out);
    let run = dev.jobbers(&["queues", "delete", "mails"]).expect(1);
    assert!(run.err.contains("there is no queue `mails`: default is the only one"), "{}", run.err);
    dev.jobbers(&["queues", "show", "mails"]).expect(1);
    dev.jobbers(&["queues", "set", "mails", "--rate", "none"]).expect(1);
}

#[test]
fn a_queue_with_tasks_is_not_deleted_by_mistake() {
    let dev = Dev::start();
    dev.jobbers(&["queues", "create", "mails"]).expect(0);
    dev.submit(&["noop", "--queue", "mails"]);
    let run = dev.jobbers(&["queues", "delete", "mails"]).expect(1);
    assert!(run.err.contains("it has 1 waiting") && run.err.contains("delete mails --force"), "{}", run.err);
    let told = dev.jobbers(&["queues", "show", "mails"]).expect(0).out;
    assert!(told.contains("  waiting      1\n") && told.contains("none: no worker takes tasks from it"), "{told}");
}

#[test]
fn a_role_is_created_changed_and_deleted() {
    let dev = Dev::start();
    dev.jobbers(&["queues", "create", "mails"]).expect(0);
    let told = dev.jobbers(&["roles", "create", "mailer", "mails", "default", "mails"]).expect(0).out;
    assert_eq!(told, "role mailer has default, mails\n");
    let list = dev.jobbers(&["roles"]).expect(0).out;
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    let expected =
        [vec!["ROLE", "WORKERS", "QUEUES"], vec!["default", "1", "default"], vec!["mailer", "0", "default,", "mails"]];
    assert_eq!(rows, expected);
    let told = dev.jobbers(&["roles", "set", "mailer", "mails"]).expect(0).out;
    assert_eq!(told, "role mailer has mails\n");
    assert_eq!(dev.jobbers(&["roles", "show", "mailer"]).expect(0).out, "mailer\n  queues   mails\n  workers  none\n");
    let json = dev.jobbers(&["roles", "show", "mailer", "--json"]).expect(0).json();
    assert_eq!(json, json!({"role": "mailer", "queues": ["mails"], "workers": []}));
    let json = dev.jobbers(&["roles", "--json"]).expect(0).json();
    assert_eq!(json["roles"][0]["workers"].as_array().map(Vec::len), Some(1), "{json}");
    dev.jobbers(&["roles", "set", "mailer", "--no-queues"]).expect(0);
    dev.jobbers(&["roles", "refresh", "mailer"]).expect(0);
    dev.jobbers(&["roles", "delete", "mailer"]).expect(0);
    let run = dev.jobbers(&["roles", "show", "mailer"]).expect(1);
    assert!(run.err.contains("there is no role `mailer`: default is the only one"), "{}", run.err);
    let run = dev.jobbers(&["roles", "set", "default", "letters"]).expect(2);
    assert!(run.err.contains("there is no queue `letters`"), "{}", run.err);
    for arguments in [&["roles", "create", "mailer"][..], &["roles", "set", "default", "mails", "--no-queues"]] {
        dev.jobbers(arguments).expect(2);
    }
}

#[test]
fn queues_are_paused_and_resumed() {
    let dev = Dev::start();
    dev.jobbers(&["queues", "create", "mails"]).expect(0);
    let run = dev.jobbers(&["pause", "mails", "letters", "default"]).expect(1);
    assert!(run.out.contains("queue mails is paused") && run.out.contains("queue default is paused"), "{}", run.out);
    assert!(run.err.contains("there is no queue `letters`"), "{}", run.err);
    let paused = |name: &str| config(&dev, name)["paused"] == true;
    assert!(paused("mails") && paused("default"));
    let told = dev.jobbers(&["resume", "mails", "default", "--json"]).expect(0).json_lines();
    assert_eq!(told.len(), 2);
    assert!(!paused("mails") && !paused("default"));
    dev.jobbers(&["pause"]).expect(2);
    dev.jobbers(&["resume"]).expect(2);
}

#[test]
fn nobody_purges_by_mistake() {
    let dev = Dev::start();
    let run = dev.jobbers(&["purge", "default"]).expect(2);
    assert!(run.err.contains("say --yes"), "{}", run.err);
    let run = dev.jobbers(&["purge", "mails", "--yes"]).expect(1);
    assert!(run.err.contains("there is no queue `mails`"), "{}", run.err);
    dev.jobbers(&["purge"]).expect(2);
    dev.jobbers(&["purge", "default", "--yes", "--started"]).expect(2);
}
