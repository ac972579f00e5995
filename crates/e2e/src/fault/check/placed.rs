//! Nothing is lost: each accepted task is known, is in the one list that its status names, and was counted once.

use super::{Evidence, Finding, Kind};

pub(super) fn check(evidence: &Evidence) -> Vec<Finding> {
    let said = &evidence.said;
    let mut findings = Vec::new();
    for plan in &evidence.plans {
        let listed = said.listed.get(&plan.id).map(Vec::as_slice).unwrap_or_default();
        match said.records.get(&plan.id) {
            None => findings.push(Finding::new(Kind::Lost, &plan.id, "nobody knows it")),
            Some(record) if listed.is_empty() => {
                findings.push(Finding::new(Kind::Lost, &plan.id, format!("{}, but in no list", record.status)));
            }
            Some(record) if listed != [record.status.as_str()] => {
                let what = format!("{}, but in the lists of {listed:?}", record.status);
                findings.push(Finding::new(Kind::Wrong, &plan.id, what));
            }
            Some(_) => {}
        }
    }
    for id in said.listed.keys().filter(|id| !said.records.contains_key(*id)) {
        findings.push(Finding::new(Kind::Wrong, id, "it is in a list, but was never accepted"));
    }
    findings.extend(counts(evidence));
    findings
}

/// The counts must be those of the lists, and each move must have been made once.
fn counts(evidence: &Evidence) -> Vec<Finding> {
    let said = &evidence.said;
    let listed = |status| said.listed.values().flatten().filter(|listed| **listed == status).count() as u64;
    let mut findings = Vec::new();
    let in_lists = [listed("submitted"), listed("scheduled"), listed("started"), said.dead.len() as u64];
    if said.counted != in_lists {
        let what = format!(
            "waiting, scheduled, started and dead are counted {:?}, and there are {in_lists:?} in the lists",
            said.counted
        );
        findings.push(Finding::new(Kind::Wrong, "/queue-stats", what));
    }
    let moves = [
        ("submitted", Kind::Wrong, said.records.len() as u64),
        ("completed", Kind::FinishedTwice, listed("completed")),
        ("failed", Kind::FinishedTwice, listed("failed")),
        ("cancelled", Kind::FinishedTwice, listed("cancelled")),
    ];
    for (status, kind, expected) in moves {
        let moved = evidence.tally.count(status);
        if u64::try_from(moved) != Ok(expected) {
            let what = format!("the store has counted {moved} tasks that were {status}, and there are {expected}");
            findings.push(Finding::new(kind, "tally", what));
        }
    }
    findings
}
