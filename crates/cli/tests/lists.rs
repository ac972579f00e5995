use crate::harness::Dev;

#[test]
fn tasks_are_listed_by_every_filter() {
    let dev = Dev::start();
    let slow = dev.submit(&["slow_task", "seconds=600"]);
    let later = dev.submit(&["noop", "--delay", "1h"]);
    let done = dev.submit(&["noop"]);
    dev.until(&slow, "started");
    let worker = dev.until(&slow, "started")["worker"].as_str().expect("a worker").to_owned();
    dev.until(&done, "completed");
    let ids = |arguments: &[&str]| -> Vec<String> {
        let words: Vec<&str> = ["list", "--ids"].iter().chain(arguments).copied().collect();
        dev.jobbers(&words).expect(0).out.lines().map(str::to_owned).collect()
    };
    assert_eq!(ids(&[]), [&*done, &later, &slow]);
    assert_eq!(ids(&["--status", "started"]), [&*slow]);
    assert_eq!(ids(&["--status", "scheduled"]), [&*later]);
    assert_eq!(ids(&["--name", "noop"]), [&*done, &later]);
    assert_eq!(ids(&["--worker", &worker]), [&*slow]);
    assert_eq!(ids(&["--version", "2"]), [""; 0]);
    assert_eq!(ids(&["--until", "1h"]), [""; 0]);
    assert_eq!(ids(&["--since", "1h", "--queue", "default", "--limit", "2"]), [&*done, &later]);
    let table = dev.jobbers(&["list"]).expect(0).out;
    assert!(table.starts_with("ID ") && table.lines().count() == 4, "{table}");
    dev.jobbers(&["list", "--status", "gone"]).expect(2);
}

#[test]
fn a_list_goes_on_over_its_pages() {
    let dev = Dev::start();
    let lines = "{\"name\": \"noop\", \"version\": 1, \"delay\": 3600}\n".repeat(2_300);
    dev.jobbers_with(&["submit", "--batch", "-"], &lines).expect(0);
    let all = dev.jobbers(&["list", "--all", "--json"]).expect(0).json_lines();
    let mut ids: Vec<&str> = all.iter().filter_map(|task| task["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2_300);
    let table = dev.jobbers(&["list", "--all"]).expect(0).out;
    assert_eq!(table.lines().count(), 2_301);
    let page = dev.jobbers(&["list", "--limit", "3", "--json"]).expect(0).json();
    assert_eq!(page["tasks"].as_array().map(Vec::len), Some(3));
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    let next = dev.jobbers(&["list", "--limit", "3", "--cursor", cursor, "--json"]).expect(0).json();
    assert_ne!(page["tasks"], next["tasks"]);
}

#[test]
fn failed_tasks_and_dead_letters_are_listed_with_their_errors() {
    let dev = Dev::start();
    let (crashed, dead) = (dev.submit(&["crash_task"]), dev.submit(&["always_fail_task"]));
    dev.until(&crashed, "failed");
    dev.until(&dead, "failed");
    let failed = dev.jobbers(&["failed"]).expect(0).out;
    assert!(failed.contains(&crashed) && failed.contains(&dead), "{failed}");
    assert!(failed.contains("crash_task met an error that it does not expect"), "{failed}");
    let letters = dev.jobbers(&["dead"]).expect(0).out;
    assert!(letters.contains(&dead) && !letters.contains(&crashed), "{letters}");
    assert!(letters.contains("this task always fails"), "{letters}");
    let history = dev.jobbers(&["dead", &dead]).expect(0).out;
    assert_eq!(history.matches("this task always fails").count(), 3, "{history}");
    dev.jobbers(&["dead", &dead, &crashed]).expect(2);
    let page = dev.jobbers(&["dead", "--json"]).expect(0).json();
    assert_eq!(page["tasks"].as_array().map(Vec::len), Some(1));
}

#[test]
fn dead_letters_are_grouped_by_their_errors() {
    let dev = Dev::start();
    for _ in 0..2 {
        let dead = dev.submit(&["always_fail_task"]);
        dev.until(&dead, "failed");
    }
    let table = dev.jobbers(&["dead", "--errors", "--name", "always_fail_task"]).expect(0).out;
    let row = table.lines().nth(1).expect("a group");
    assert!(row.trim_start().starts_with("2  always_fail_task  1  default  "), "{table}");
    assert!(row.ends_with("AlwaysFails: this task always fails"), "{table}");
    let groups = dev.jobbers(&["dead", "--errors", "--limit", "5", "--json"]).expect(0).json();
    assert_eq!(groups["errors"][0]["count"], 2);
    let none = dev.jobbers(&["dead", "--errors", "--queue", "mails", "--json"]).expect(0).json();
    assert_eq!(none["errors"].as_array().map(Vec::len), Some(0));
    dev.jobbers(&["dead", "--errors", "--since", "1h"]).expect(2);
    dev.jobbers(&["dead", "--errors", "--remove"]).expect(2);
}
