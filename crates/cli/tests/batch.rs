use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::harness::{Dev, command};

#[test]
fn a_batch_is_submitted_and_its_wrong_lines_are_told() {
    let dev = Dev::start();
    let mut lines: Vec<String> =
        (0..2_500).map(|n| json!({"name": "noop", "version": 1, "metadata": {"n": n}}).to_string()).collect();
    lines[7] = "not JSON".to_owned();
    lines[1_200] = json!({"name": "nope", "version": 1}).to_string();
    lines[2_000] = String::new();
    let run = dev.jobbers_with(&["submit", "--batch", "-"], &lines.join("\n")).expect(1);
    assert!(run.err.contains("line 8: invalid: it is not a JSON object"), "{}", run.err);
    assert!(run.err.contains("line 1201: invalid: ") && run.err.contains("nope"), "{}", run.err);
    assert_eq!(run.out, "2 invalid, 2497 submitted\n");
}

#[test]
fn a_batch_with_ids_may_be_repeated() {
    let dev = Dev::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tasks.ndjson");
    let line = |n: u32| json!({"id": format!("01JBKR2E5F3G4H5J6K7X8M9N{n:02}"), "name": "noop", "version": 1});
    let text: String = (10..15).map(|n| format!("{}\n", line(n))).collect();
    std::fs::write(&file, text).expect("written");
    let path = file.to_str().expect("a path");
    assert_eq!(dev.jobbers(&["submit", "--batch", path]).expect(0).out, "5 submitted\n");
    assert_eq!(dev.jobbers(&["submit", "--batch", path]).expect(0).out, "5 exists\n");
    let results = dev.jobbers(&["submit", "--batch", path, "--json"]).expect(0).json_lines();
    assert_eq!(results[1], json!({"line": 2, "id": "01JBKR2E5F3G4H5J6K7X8M9N11", "status": "exists"}));
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    let dev = Dev::start();
    let run = dev.jobbers(&["submit", "--batch", "/nowhere/tasks.ndjson"]).expect(2);
    assert!(run.err.contains("/nowhere/tasks.ndjson"), "{}", run.err);
    dev.jobbers(&["submit", "noop", "--batch", "x"]).expect(2);
}

#[test]
fn a_batch_that_was_killed_on_its_way_is_repeated_and_happens_once() {
    const LINES: usize = 12_000;
    let dev = Dev::start();
    let line = |n: usize| {
        let id = format!("01JBKR2E5F3G4H5J6K7X8{n:05}");
        format!("{}\n", json!({"id": id, "name": "noop", "version": 1, "delay": 3600}))
    };
    let all: String = (0..LINES).map(line).collect();
    let mut command = command();
    command.env("JOBBERS_URL", dev.url()).args(["submit", "--batch", "-"]).stdin(Stdio::piped());
    let mut killed = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("jobbers starts");
    // The rest never comes.
    let most = all.match_indices('\n').nth(10_999).expect("so many lines").0;
    killed.stdin.as_mut().expect("its input").write_all(&all.as_bytes()[..=most]).expect("written");
    dev.until_so("some are stored", || !dev.jobbers(&["list", "--ids", "--limit", "1"]).expect(0).out.is_empty());
    killed.kill().expect("killed");
    killed.wait().expect("ended");
    let run = dev.jobbers_with(&["submit", "--batch", "-"], &all).expect(0);
    let counts: Vec<usize> = run.out.split(", ").filter_map(|count| count.split(' ').next()?.parse().ok()).collect();
    assert_eq!(counts.iter().sum::<usize>(), LINES, "{}", run.out);
    assert!(run.out.contains("exists"), "{}", run.out);
    let listed = dev.jobbers(&["list", "--all", "--ids"]).expect(0).out;
    assert_eq!(listed.lines().count(), LINES);
    // More than one call takes, by a filter and by ids.
    assert_eq!(dev.jobbers(&["cancel", "--name", "noop", "--limit", "500"]).expect(0).out, "500 cancelled\n");
    let run = dev.jobbers_with(&["cancel", "-"], &listed).expect(1);
    assert!(run.out.ends_with("\n11500 cancelled, 500 not possible\n"), "{}", run.out);
    let run = dev.jobbers(&["resubmit", "--status", "cancelled", "--dry-run"]).expect(0);
    assert_eq!(run.out, "nothing was done; it would be: 12000 submitted again\n");
}
