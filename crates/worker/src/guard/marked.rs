//! Processes by the mark that a guard leaves in the environment of all that it starts.

use std::ffi::OsStr;

use rustix::process::{Pid, Signal, kill_process};

/// The variable whose value names the guard.
pub(super) const MARK: &str = "JOBBERS_GUARD";

/// Kills every process that has this mark, until none is left. For when the guard that should have done it is gone.
pub(super) fn kill_marked(mark: &OsStr) {
    // One that forks while it is looked for is found by the next look. It may fork for ever only if it does so faster than
    // it is killed.
    const MOST_LOOKS: usize = 1_000;
    for _ in 0..MOST_LOOKS {
        let marked = marked(mark);
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
fn marked(mark: &OsStr) -> Vec<Pid> {
    let wanted = [MARK.as_bytes(), b"=", mark.as_encoded_bytes()].concat();
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    let has_mark = |pid: &Pid| {
        let environment = std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero()));
        environment.is_ok_and(|environment| environment.split(|byte| *byte == 0).any(|variable| variable == wanted))
    };
    let pids = all.flatten().filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    pids.filter(has_mark).collect()
}
