use std::io::Read as _;

use crate::harness::{Dev, ended, read_until};

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let dev = Dev::start();
    let lines = "{\"name\": \"noop\", \"version\": 1, \"delay\": 3600}\n".repeat(3_000);
    dev.jobbers_with(&["submit", "--batch", "-"], &lines).expect(0);
    for arguments in [&["list", "--all"][..], &["list", "--all", "--json"], &["list", "--all", "--ids"]] {
        let mut listing = dev.spawn(arguments);
        let mut first = [0; 10];
        listing.stdout.take().expect("its output").read_exact(&mut first).expect("a line");
        let run = ended(listing).expect(0);
        assert_eq!(run.err, "", "{arguments:?}");
    }
}

#[test]
fn there_are_no_colours_where_there_is_no_terminal() {
    let dev = Dev::start();
    let id = dev.submit(&["crash_task"]);
    dev.until(&id, "failed");
    for arguments in [
        &["list"][..],
        &["status", &id],
        &["inspect", &id],
        &["failed"],
        &["stats"],
        &["workers"],
        &["types"],
        &["queues"],
        &["roles"],
    ] {
        let run = dev.jobbers(arguments).expect(0);
        assert!(!run.out.contains('\u{1b}') && run.err.is_empty(), "{arguments:?}: {run:?}");
    }
}

#[test]
fn times_are_whole_where_there_is_no_terminal() {
    let dev = Dev::start();
    let task = dev.submit(&["noop", "--run-at", "2040-01-01T00:00:00Z"]);
    let list = dev.jobbers(&["list"]).expect(0).out;
    assert!(list.contains(&format!("{task}  noop  1  default  scheduled  2040-01-01T00:00:00.000Z")), "{list}");
    let status = dev.jobbers(&["status", &task]).expect(0).out;
    assert!(status.contains("due          2040-01-01T00:00:00.000Z\n"), "{status}");
}

#[test]
#[cfg(unix)]
fn an_interruption_ends_quietly() {
    let dev = Dev::start();
    let id = dev.submit(&["slow_task", "seconds=600"]);
    let mut following = dev.spawn(&["status", &id, "--follow"]);
    read_until(&mut following, "started");
    let pid = following.id().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill");
    assert!(sent.success());
    let run = ended(following).expect(130);
    assert_eq!(run.err, "");
}
