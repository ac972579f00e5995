use std::fs;
use std::time::Duration;

/// Clock ticks a second of `/proc/<pid>/stat`, fixed in Linux's user interface.
const TICKS: f64 = 100.0;

/// CPU time that a process has used, user and system.
pub(crate) fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(Duration::from_secs_f64(ticks / TICKS))
}

/// CPU time of all that a process has started, directly or not: of what runs, and of what has ended and was waited for.
pub(crate) fn descendants_cpu(pid: u32) -> Duration {
    let children = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = children.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids: Vec<u32> = children
        .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    pids.into_iter().map(|pid| cpu(pid).unwrap_or_default() + waited_cpu(pid) + descendants_cpu(pid)).sum()
}

/// CPU time of the children of a process that have ended.
fn waited_cpu(pid: u32) -> Duration {
    let ticks = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(13)?.parse::<f64>().ok()? + fields.get(14)?.parse::<f64>().ok()?)
    };
    Duration::from_secs_f64(ticks().unwrap_or(0.0) / TICKS)
}

/// Resident memory of a process, in bytes, at its highest.
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
