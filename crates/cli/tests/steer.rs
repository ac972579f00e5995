use serde_json::json;

use crate::harness::Dev;

#[test]
fn tasks_are_cancelled_by_ids_and_by_a_filter() {
    let dev = Dev::start();
    let ids: Vec<String> = (0..4).map(|_| dev.submit(&["noop", "--delay", "1h"])).collect();
    let other = dev.submit(&["echo_task", "--delay", "1h"]);
    let run = dev.jobbers(&["cancel", &ids[0]]).expect(0);
    assert!(run.out.contains("cancelled"), "{}", run.out);
    let run = dev.jobbers(&["cancel", &ids[0], &ids[1]]).expect(1);
    assert!(run.out.contains("not possible") && run.out.contains("cancelled"), "{}", run.out);
    let run = dev.jobbers(&["cancel", "--name", "noop", "--dry-run"]).expect(0);
    assert!(run.out.contains("nothing was done; it would be: 2 cancelled"), "{}", run.out);
    assert_eq!(dev.until(&ids[2], "scheduled")["status"], "scheduled");
    let run = dev.jobbers(&["cancel", "--name", "noop", "--json"]).expect(0);
    assert_eq!(run.json()["results"].as_array().map(Vec::len), Some(2));
    assert_eq!(dev.until(&ids[3], "cancelled")["status"], "cancelled");
    assert_eq!(dev.until(&other, "scheduled")["status"], "scheduled");
    let run = dev.jobbers(&["cancel", "--all"]).expect(0);
    assert!(run.out.contains(&other), "{}", run.out);
    let run = dev.jobbers(&["cancel", "--all"]).expect(0);
    assert_eq!(run.out, "no such tasks\n");
}

#[test]
fn ids_come_from_standard_input() {
    let dev = Dev::start();
    let ids: Vec<String> = (0..3).map(|_| dev.submit(&["noop", "--delay", "1h"])).collect();
    let listed = dev.jobbers(&["list", "--status", "scheduled", "--ids"]).expect(0).out;
    dev.jobbers_with(&["cancel", "-"], &listed).expect(0);
    for id in ids {
        dev.until(&id, "cancelled");
    }
}

#[test]
fn a_running_task_is_told_to_stop() {
    let dev = Dev::start();
    let id = dev.submit(&["slow_task", "seconds=600"]);
    dev.until(&id, "started");
    let run = dev.jobbers(&["cancel", "--status", "started", "--json"]).expect(0);
    assert_eq!(run.json()["results"][0], json!({"task_id": id, "status": "cancellation_requested"}));
    dev.until(&id, "cancelled");
}

#[test]
fn which_tasks_must_be_said() {
    let dev = Dev::start();
    for command in ["cancel", "retry"] {
        let run = dev.jobbers(&[command]).expect(2);
        assert!(run.err.contains("which tasks?"), "{}", run.err);
    }
    dev.jobbers(&["resubmit"]).expect(2);
    dev.jobbers(&["cancel", "01JBKR2E5F3G4H5J6K7X8M9N0P", "--queue", "default"]).expect(2);
    let run = dev.jobbers(&["cancel", "--status", "completed"]).expect(2);
    assert!(run.err.contains("have ended"), "{}", run.err);
}

#[test]
fn cancelled_tasks_run_again() {
    let dev = Dev::start();
    let ids: Vec<String> = (0..3).map(|_| dev.submit(&["noop", "--delay", "1h"])).collect();
    dev.jobbers(&["cancel", "--all"]).expect(0);
    dev.jobbers(&["resubmit", &ids[0]]).expect(0);
    dev.until(&ids[0], "completed");
    let run = dev.jobbers(&["resubmit", &ids[0]]).expect(1);
    assert!(run.err.contains("completed"), "{}", run.err);
    let run = dev.jobbers(&["resubmit", "--status", "cancelled", "--dry-run"]).expect(0);
    assert!(run.out.contains("2 submitted again"), "{}", run.out);
    dev.jobbers(&["resubmit", "--status", "cancelled", "--limit", "1"]).expect(0);
    dev.jobbers(&["resubmit", "--status", "cancelled"]).expect(0);
    for id in ids {
        dev.until(&id, "completed");
    }
}

#[test]
fn a_scheduled_task_runs_now() {
    let dev = Dev::start();
    let (a, b) = (dev.submit(&["noop", "--delay", "1h"]), dev.submit(&["noop", "--delay", "1h"]));
    dev.jobbers(&["run", &a, &b]).expect(0);
    dev.until(&a, "completed");
    dev.until(&b, "completed");
    let run = dev.jobbers(&["run", &a]).expect(1);
    assert!(run.err.contains("only scheduled tasks"), "{}", run.err);
}

#[test]
fn failed_tasks_and_dead_letters_are_retried() {
    let dev = Dev::start();
    let (crashed, dead) = (dev.submit(&["crash_task"]), dev.submit(&["always_fail_task"]));
    dev.until(&crashed, "failed");
    dev.until(&dead, "failed");
    let attempts = |id: &str| dev.until(id, "failed")["attempts"].as_array().map_or(0, Vec::len);
    let run = dev.jobbers(&["retry", "--name", "crash_task", "--dry-run"]).expect(0);
    assert!(run.out.contains(&crashed) && !run.out.contains(&dead), "{}", run.out);
    assert_eq!(attempts(&crashed), 1);
    dev.jobbers(&["retry", "--all"]).expect(0);
    dev.until_so("both run again", || attempts(&crashed) >= 2 && attempts(&dead) >= 6);
    dev.jobbers(&["retry", &dead]).expect(0);
    dev.until_so("it runs again", || attempts(&dead) >= 9);
}

#[test]
fn dead_letters_are_removed_by_ids_and_by_a_filter() {
    let dev = Dev::start();
    let dead: Vec<String> = (0..4).map(|_| dev.submit(&["always_fail_task"])).collect();
    let crashed = dev.submit(&["crash_task"]);
    for id in dead.iter().chain([&crashed]) {
        dev.until(id, "failed");
    }
    let left = || dev.jobbers(&["dead", "--ids"]).expect(0).out.lines().count();
    let run = dev.jobbers(&["dead", "--remove", &dead[0], &crashed, "--dry-run"]).expect(1);
    assert_eq!(run.out, "nothing was done; it would be: 1 taken out of the dead letter queue, 1 is no dead letter\n");
    assert_eq!(left(), 4);
    let run = dev.jobbers(&["dead", "--remove", &dead[0], &crashed]).expect(1);
    assert_eq!(run.out, "1 taken out of the dead letter queue, 1 is no dead letter\n");
    let run = dev.jobbers_with(&["dead", "--remove", "-", "--json"], &dead[1]).expect(0);
    assert_eq!(run.json(), json!({"removed": 1, "task_ids": [dead[1]]}));
    let run = dev.jobbers(&["dead", "--remove", "--name", "always_fail_task", "--dry-run", "--json"]).expect(0);
    assert_eq!(run.json()["would_be_removed"], 2);
    assert_eq!(left(), 2);
    dev.jobbers(&["dead", "--remove", "--queue", "default", "--limit", "1"]).expect(0);
    assert_eq!(left(), 1);
    let run = dev.jobbers(&["dead", "--remove", "--all"]).expect(0);
    assert_eq!(run.out, "1 taken out of the dead letter queue\n");
    assert_eq!(dev.jobbers(&["dead", "--remove", "--all"]).expect(0).out, "no such dead letters\n");
    assert_eq!(
        dev.jobbers(&["failed", "--ids"]).expect(0).out.lines().count(),
        5,
        "they are failed tasks all the same"
    );

    let run = dev.jobbers(&["dead", "--remove"]).expect(2);
    assert!(run.err.contains("which dead letters?"), "{}", run.err);
    dev.jobbers(&["dead", "--remove", &dead[0], "--queue", "default"]).expect(2);
    dev.jobbers(&["dead", "--dry-run"]).expect(2);
}
