//! Once the API has said that a task is cancelled, it does not run.

use super::{Evidence, Finding, Kind};
use crate::fault::journal::{Event, Line};

pub(super) fn check(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, line) in evidence.journal.iter().enumerate() {
        let (id, attempt) = match &line.event {
            Event::Cancelled { id } => (id, None),
            Event::CancelAsked { id, attempt } => (id, Some(*attempt)),
            _ => continue,
        };
        let (before, after) = evidence.journal.split_at(place);
        // The attempt that was running may write that it begins after the answer: it was claimed before.
        let starts = |line: &Line| matches!(&line.event, Event::Start { run } if run.id == *id && attempt.is_none_or(|last| run.attempt > last));
        if after.iter().any(starts) {
            findings.push(Finding::new(Kind::RunningTwice, id, "it began to run after it was cancelled"));
        }
        if attempt.is_some() {
            continue;
        }
        if runs(before, id) {
            findings.push(Finding::new(
                Kind::RunningTwice,
                id,
                "it was running when the API said that it is cancelled",
            ));
        }
        let status = evidence.said.records.get(id).map(|record| record.status.as_str());
        if status.is_some_and(|status| status != "cancelled") {
            let what = format!("the API said that it is cancelled, and it is {}", status.unwrap_or_default());
            findings.push(Finding::new(Kind::Wrong, id, what));
        }
    }
    findings
}

/// Whether an attempt had begun and not stopped.
fn runs(before: &[Line], id: &str) -> bool {
    let mut open = 0_usize;
    for line in before {
        match &line.event {
            Event::Start { run } if run.id == id => open += 1,
            Event::Stop { run, .. } if run.id == id => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open > 0
}
