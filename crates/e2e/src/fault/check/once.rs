//! No task runs twice while the first of the two has its lease.

use std::collections::HashMap;

use super::{Evidence, Finding, Kind, millis};
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
        let late = told_late(evidence, &events, &disturbances);
        findings.extend(late.into_iter().map(|what| Finding::new(Kind::Wrong, id, what)));
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
                    if !excused(evidence, disturbances, (*since, other), (*place, run)) {
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

/// Attempts that ran on for long after their worker had woken up, though their task was somebody else's: a worker learns
/// that with its next renewal, which is due at once.
fn told_late(evidence: &Evidence, events: &[(usize, &Event)], disturbances: &[Disturbance]) -> Vec<String> {
    let at = |place: usize| evidence.journal[place].at;
    let next_start = |attempt: u32| {
        events.iter().find_map(|(place, event)| match event {
            Event::Start { run } if run.attempt > attempt => Some(*place),
            _ => None,
        })
    };
    let mut found = Vec::new();
    for (place, event) in events {
        let Event::Stop { run, .. } = event else { continue };
        let woken = disturbances.iter().filter(|one| one.pid == run.pid && one.until < *place).map(|one| one.until);
        if let (Some(next), Some(woken)) = (next_start(run.attempt).filter(|next| next < place), woken.max()) {
            let ran_on = at(*place) - at(next.max(woken));
            if ran_on > evidence.lease * 3.0 / 4.0 {
                found.push(format!("attempt {} ran on for {ran_on:.2} s though it was taken away", run.attempt));
            }
        }
    }
    found
}

/// Whether the worker of the earlier of two attempts that overlap was away for so long that it may have lost its lease.
fn excused(evidence: &Evidence, disturbances: &[Disturbance], open: (usize, &Run), begins: (usize, &Run)) -> bool {
    let place = begins.0;
    // A worker may be frozen between its claim and the handler: then the earlier attempt begins when it is thawed.
    let (earlier, began) = if begins.1.attempt < open.1.attempt { (begins.1, None) } else { (open.1, Some(open.0)) };
    disturbances.iter().any(|one| {
        let while_claimed = began.is_none_or(|began| one.from > began) && one.from < place;
        one.pid == earlier.pid && while_claimed && is_long(evidence, *one, place)
    })
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
