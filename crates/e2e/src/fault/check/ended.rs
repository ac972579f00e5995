//! Each task came to the end that it was to come to, by one attempt, the last.

use super::{Evidence, Finding, Kind, millis};
use crate::fault::journal::{Event, How, Line, Run};
use crate::fault::plan::{Fate, Plan};
use crate::fault::record::Record;

pub(super) fn check(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = Vec::new();
    for plan in &evidence.plans {
        let Some(record) = evidence.said.records.get(&plan.id) else { continue };
        let wrong = |what: String| Finding::new(Kind::Wrong, &plan.id, what);
        findings.extend(end(evidence, plan, record).map(wrong));
        findings.extend(history(record).map(wrong));
        findings.extend(too_early(plan, record).map(wrong));
        findings.extend(finished_twice(&evidence.journal, record));
    }
    findings
}

/// What is wrong with the status, if anything is.
fn end(evidence: &Evidence, plan: &Plan, record: &Record) -> Option<String> {
    let cancelled = evidence.cancelled.contains(&plan.id);
    let dead = evidence.said.dead.contains(&plan.id);
    let right = match (plan.fate(), record.status.as_str()) {
        (_, "cancelled") => cancelled,
        (Fate::Completes { failures }, "completed") => record.retry_attempt == failures,
        (Fate::Fails { dead: kept }, "failed") => dead == kept,
        (Fate::StaysScheduled, "scheduled") => record.attempt == 0,
        _ => false,
    };
    (!right).then(|| {
        let (status, failures, end) = (&record.status, record.retry_attempt, plan.fate());
        format!("it is {status} after {failures} failures (dead letter: {dead}), but: {end:?}")
    })
}

/// Every attempt but the one that completed the task has an end, and began after the one before had ended.
fn history(record: &Record) -> Option<String> {
    let ended: Vec<u32> = record.attempts.iter().map(|ended| ended.attempt).collect();
    let last = match record.status.as_str() {
        "completed" | "started" => record.attempt.saturating_sub(1),
        _ => record.attempt,
    };
    if ended != (1..=last).collect::<Vec<_>>() {
        return Some(format!("{} at attempt {}, but ends are kept of {ended:?}", record.status, record.attempt));
    }
    // RFC 3339 in UTC with milliseconds: the order of the texts is that of the times.
    let last_start = record.started_at.as_ref().filter(|_| record.status == "completed");
    let starts = record.attempts.iter().map(|ended| &ended.started_at).chain(last_start);
    let too_early = starts.skip(1).zip(&record.attempts).find(|(start, before)| **start < before.failed_at);
    too_early.map(|(start, before)| format!("attempt {} ended after the next began at {start}", before.attempt))
}

/// What was to start later did not start sooner, by the store's clock.
fn too_early(plan: &Plan, record: &Record) -> Option<String> {
    let first = record.attempts.first().map(|ended| &ended.started_at).or(record.started_at.as_ref())?;
    let waited = millis(first) - millis(&record.submitted_at);
    let delay = (plan.delay? * 1000.0) as i64;
    (waited < delay).then(|| format!("it started after {waited} ms, before its time: {delay} ms"))
}

/// A result is that of the last attempt, and no other attempt got to its end unless the store had taken its task away.
fn finished_twice(journal: &[Line], record: &Record) -> Vec<Finding> {
    let twice = |what| Finding::new(Kind::FinishedTwice, &record.id, what);
    let ended: Vec<&Run> = journal.iter().filter_map(|line| ended(line, &record.id)).collect();
    let mut findings = Vec::new();
    let completed = record.result.as_ref().filter(|_| record.status == "completed");
    if let Some(result) = completed {
        if result.attempt != record.attempt {
            findings.push(twice(format!("attempt {} completed it in attempt {}", result.attempt, record.attempt)));
        }
        if !ended.iter().any(|run| run.attempt == result.attempt && run.token == result.token) {
            findings.push(twice(format!("nobody ended the attempt with the token {}", result.token)));
        }
    }
    for run in ended {
        let counts = completed.is_some_and(|result| result.attempt == run.attempt && result.token == run.token);
        let taken = record.attempts.iter().any(|ended| ended.attempt == run.attempt && ended.is_lost());
        if !counts && !taken {
            findings.push(twice(format!("attempt {} ended well, but that is not what counts", run.attempt)));
        }
    }
    findings
}

fn ended<'j>(line: &'j Line, id: &str) -> Option<&'j Run> {
    match &line.event {
        Event::Stop { run, how: How::Ended } if run.id == id => Some(run),
        _ => None,
    }
}
