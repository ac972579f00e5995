//! Emptying queues.

use serde_json::json;

use crate::harness::Dev;

#[test]
fn what_waits_is_cancelled() {
    let dev = Dev::start();
    dev.jobbers(&["queues", "create", "mails"]).expect(0);
    let waiting = dev.submit(&["noop", "--queue", "mails"]);
    let later = dev.submit(&["noop", "--queue", "mails", "--delay", "1h"]);
    assert_eq!(dev.jobbers(&["purge", "mails", "--yes"]).expect(0).out, "1 cancelled\n");
    dev.until(&waiting, "cancelled");
    dev.until(&later, "scheduled");
    let run = dev.jobbers(&["purge", "mails", "--scheduled", "--yes", "--json"]).expect(0);
    assert_eq!(run.json(), json!({"queue": "mails", "cancelled": 1}));
    dev.until(&later, "cancelled");
    assert_eq!(dev.jobbers(&["purge", "mails", "-y"]).expect(0).out, "0 cancelled\n");
}

#[test]
fn a_queue_of_many_is_emptied_to_the_end() {
    let dev = Dev::start();
    dev.jobbers(&["queues", "create", "mails"]).expect(0);
    let lines = "{\"name\": \"noop\", \"version\": 1, \"queue\": \"mails\"}\n".repeat(12_000);
    dev.jobbers_with(&["submit", "--batch", "-"], &lines).expect(0);
    assert_eq!(dev.jobbers(&["purge", "mails", "--yes"]).expect(0).out, "12000 cancelled\n");
}

#[test]
fn by_force_a_queue_is_deleted_with_its_tasks() {
    let dev = Dev::start();
    dev.jobbers(&["queues", "create", "mails"]).expect(0);
    let waiting = dev.submit(&["noop", "--queue", "mails"]);
    let run = dev.jobbers(&["queues", "delete", "mails", "--force"]).expect(0);
    assert_eq!(run.out, "queue mails is deleted, 1 cancelled\n");
    dev.until(&waiting, "cancelled");
}
