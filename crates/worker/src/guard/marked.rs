//! Processes by the mark that a guard leaves in the environment of all that it starts, and that what these start inherits: the
//! name of the guard, a dot, and the number of the process that it was asked for.

use std::ffi::{OsStr, OsString};

use rustix::process::{Pid, Signal, kill_process};

/// The variable with the mark.
pub(super) const MARK: &str = "JOBBERS_GUARD";

pub(super) fn mark(guard: &OsStr, number: u64) -> OsString {
    let mut mark = guard.to_owned();
    mark.push(format!(".{number}"));
    mark
}

/// The number in the mark of a process, if this guard has left one.
pub(super) fn number_of(pid: Pid, guard: &OsStr) -> Option<u64> {
    let begin = [MARK.as_bytes(), b"=", guard.as_encoded_bytes(), b"."].concat();
    let environment = std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).ok()?;
    let number = environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(begin.as_slice()))?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Kills every process that this guard has marked, until none is left. For when the guard that should have done it is gone.
pub(super) fn kill_marked(guard: &OsStr) {
    // One that forks while it is looked for is found by the next look. It may fork for ever only if it does so faster than
    // it is killed.
    const MOST_LOOKS: usize = 1_000;
    for _ in 0..MOST_LOOKS {
        let marked = marked(guard);
        if marked.is_empty() {
            return;
        }
        for pid in marked {
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::yield_now();
    }
}

/// Those that have not ended yet. A zombie has no environment.
fn marked(guard: &OsStr) -> Vec<Pid> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = all.flatten().filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    pids.filter(|pid| number_of(*pid, guard).is_some()).collect()
}
