//! Compares what clients were told, what the API says in the end, and what the journal tells.

mod cancelled;
mod ended;
mod once;
mod placed;

use std::fmt;

use jobbers_worker::model::Timestamp;

use super::journal::Line;
use super::plan::Plan;
use super::record::Said;
use super::tally::Tally;

/// All that is known of one run of a scenario.
#[derive(Debug)]
pub struct Evidence {
    /// Accepted tasks.
    pub plans: Vec<Plan>,
    /// Tasks whose cancellation was not refused.
    pub cancelled: Vec<String>,
    /// Answers that should not have been: of which task, and what.
    pub surprises: Vec<(String, String)>,
    pub said: Said,
    pub tally: Tally,
    pub journal: Vec<Line>,
    /// Seconds.
    pub lease: f64,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It was accepted, and the store does not have it.
    Lost,
    /// The end of more than one attempt was taken.
    FinishedTwice,
    /// An attempt began before the one before had ended or lost its lease.
    RunningTwice,
    /// Anything else.
    Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    /// A task, or what else it is about.
    pub id: String,
    pub what: String,
}

impl Finding {
    fn new(kind: Kind, id: &str, what: impl Into<String>) -> Self {
        Self { kind, id: id.to_owned(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Lost => "lost",
            Kind::FinishedTwice => "finished twice",
            Kind::RunningTwice => "running twice",
            Kind::Wrong => "wrong",
        };
        write!(f, "{kind}: {}: {}", self.id, self.what)
    }
}

/// All that is wrong; nothing, if all is well.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (id, what) in &evidence.surprises {
        findings.push(Finding::new(Kind::Wrong, id, what));
    }
    findings.extend(placed::check(evidence));
    findings.extend(ended::check(evidence));
    findings.extend(once::check(evidence));
    findings.extend(cancelled::check(evidence));
    findings
}

/// Since 1970, of a time that the API said.
fn millis(time: &str) -> i64 {
    let time = Timestamp::parse(time).unwrap_or_else(|error| panic!("`{time}` is no time: {error}"));
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
