//! No task runs twice while the first of the two has its lease.

use std::collections::HashMap;

use jobbers_worker::model::Timestamp;

use super::{Evidence, Finding, Kind};
use crate::fault::journal::{Event, Line, Run};
use crate::fault::record::Record;

/// A time in which a process could not renew its leases.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Disturbance {
    pid: u32,
    /// Places in the journal.
    from: usize,
    /// The end of the journal if it never ended.
    until: usize,
    forever: bool,
}

pub(super) fn check(evidence: &Evidence) -> Vec<Finding> {
    let disturbances = disturbances(&evidence.journal);
    let mut runs: HashMap<&str, Vec<(usize, &Event)>> = HashMap::new();
    for (place, line) in evidence.journal.iter().enumerate() {
        if let Event::Start { run } | Event::Stop { run, .. } = &line.event {
            runs.entry(&run.id).or_default().push((place, &line.event));
        }
    }
    let mut findings = Vec::new();
    for (id, events) in runs {
        let twice = |what| Finding::new(Kind::RunningTwice, id, what);
        findings.extend(overlaps(evidence, &events, &disturbances).into_iter().map(twice));
        match evidence.said.records.get(id) {
            Some(record) => findings.extend(lost(evidence, record, &events, &disturbances).into_iter().map(twice)),
            None => findings.push(Finding::new(Kind::Lost, id, "it ran, and nobody knows it")),
        }
    }
    findings
}

fn disturbances(journal: &[Line]) -> Vec<Disturbance> {
    let mut all: Vec<Disturbance> = Vec::new();
    for (place, line) in journal.iter().enumerate() {
        match line.event {
            Event::Killed { pid } => all.push(Disturbance { pid, from: place, until: journal.len(), forever: true }),
            Event::Frozen { pid } => all.push(Disturbance { pid, from: place, until: journal.len(), forever: false }),
            Event::Thawed { pid } => {
                let open = all.iter_mut().rev().find(|one| one.pid == pid && one.until == journal.len());
                if let Some(open) = open {
                    open.until = place;
                }
            }
            _ => {}
        }
    }
    all
}

/// Attempts that began while another had not stopped, though its worker had not been away for as long as a lease.
fn overlaps(evidence: &Evidence, events: &[(usize, &Event)], disturbances: &[Disturbance]) -> Vec<String> {
    let mut open: Vec<(usize, &Run)> = Vec::new();
    let mut began: Vec<u32> = Vec::new();
    let mut found = Vec::new();
    for (place, event) in events {
        match event {
            Event::Start { run } => {
                if began.contains(&run.attempt) {
                    found.push(format!("attempt {} began twice", run.attempt));
                }
                began.push(run.attempt);
                for (since, other) in &open {
                    let excused = disturbances.iter().any(|one| {
                        one.pid == other.pid
                            && one.from > *since
                            && one.from < *place
                            && is_long(evidence, *one, *place)
                    });
                    if !excused {
                        let (first, second) = (other.attempt, run.attempt);
                        found.push(format!(
                            "attempt {second} began while attempt {first} ran in a worker that was well"
                        ));
                    }
                }
                open.push((*place, run));
            }
            Event::Stop { run, .. } => {
                open.retain(|(_, other)| (other.attempt, other.pid) != (run.attempt, run.pid));
            }
            _ => {}
        }
    }
    found
}

/// Whether a worker that was away like this may have lost its lease before this place: it renews every third of it.
fn is_long(evidence: &Evidence, away: Disturbance, before: usize) -> bool {
    const UNCERTAIN: f64 = 0.2;
    let at = |place: usize| evidence.journal[place].at;
    away.forever || at(away.until.min(before)) - at(away.from) >= evidence.lease * 2.0 / 3.0 - UNCERTAIN
}

/// Attempts that were taken from a worker that had been well for a whole lease before, and so had renewed it.
fn lost(evidence: &Evidence, record: &Record, events: &[(usize, &Event)], disturbances: &[Disturbance]) -> Vec<String> {
    let mut found = Vec::new();
    for ended in record.attempts.iter().filter(|ended| ended.is_lost()) {
        let pid = events.iter().find_map(|(_, event)| match event {
            Event::Start { run } if run.attempt == ended.attempt => Some(run.pid),
            _ => None,
        });
        let taken = millis(&ended.failed_at);
        let well_since = taken - (evidence.lease * 1000.0) as i64;
        let clock = |place: usize| evidence.journal.get(place).map_or(i64::MAX, |line| line.clock);
        let excused = disturbances.iter().any(|one| {
            // A claim whose handler never began: whoever it was, it was disturbed.
            pid.is_none_or(|pid| pid == one.pid) && clock(one.from) <= taken && clock(one.until) >= well_since
        });
        if !excused {
            found.push(format!(
                "attempt {} was taken at {} from a worker that was well",
                ended.attempt, ended.failed_at
            ));
        }
        if taken - millis(&ended.started_at) < (evidence.lease * 1000.0) as i64 {
            found.push(format!("attempt {} was taken before its first lease was over", ended.attempt));
        }
    }
    found
}

fn millis(time: &str) -> i64 {
    let time = Timestamp::parse(time).unwrap_or_else(|error| panic!("`{time}` is no time: {error}"));
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
