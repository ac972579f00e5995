use super::account::Account;
use super::check::{Evidence, Finding, Kind, check};
use super::figures;
use super::journal::{Event, Line};

/// The result of one run of a scenario.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub account: Account,
    /// Attempts that began.
    pub attempts: usize,
    pub findings: Vec<Finding>,
    /// Seconds.
    pub rerun_after: Vec<f64>,
    pub consuming_after: Vec<f64>,
    /// The lines of the journal about what was found.
    pub lines: Vec<String>,
}

/// Seconds until tasks are consumed again after the store is back.
const CONSUMING_GOAL: f64 = 5.0;
/// Seconds beyond the lease until a task of a dead worker runs again.
const RERUN_GOAL: f64 = 5.0;
/// Findings whose lines are shown.
const SHOWN: usize = 5;

impl Report {
    pub fn of(evidence: &Evidence) -> Self {
        let journal = &evidence.journal;
        let mut report = Self {
            account: Account::of(evidence.plans.iter().map(|plan| plan.id.as_str()), &evidence.said),
            attempts: journal.iter().filter(|line| matches!(line.event, Event::Start { .. })).count(),
            findings: check(evidence),
            rerun_after: figures::rerun_after(journal),
            consuming_after: figures::consuming_after(journal),
            lines: Vec::new(),
        };
        let goals = [
            ("death to re-run", &report.rerun_after, evidence.lease + RERUN_GOAL),
            ("the store's return to consuming again", &report.consuming_after, CONSUMING_GOAL),
        ];
        for (what, figures, goal) in goals {
            if let Some((_, longest)) = figures::spread(figures).filter(|(_, longest)| *longest > goal) {
                let what = format!("from {what} it took {longest:.2} s, more than {goal} s");
                report.findings.push(Finding { kind: Kind::Wrong, id: "time".to_owned(), what });
            }
        }
        for id in report.findings.iter().take(SHOWN).map(|finding| &finding.id) {
            report.lines.extend(journal.iter().filter(|line| is_about(line, id)).map(|line| format!("{line:?}")));
            report.lines.extend(evidence.said.records.get(id).map(|record| format!("{record:?}")));
        }
        report
    }

    pub fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|finding| finding.kind == kind).count()
    }

    /// Panics with all that is wrong.
    pub fn assert_all_is_well(&self) {
        let findings: Vec<String> = self.findings.iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "{}\n{}", findings.join("\n"), self.lines.join("\n"));
        assert_eq!(self.account.missing(), 0, "{:?}", self.account);
    }
}

/// Damage is about everything.
fn is_about(line: &Line, id: &str) -> bool {
    match &line.event {
        Event::Start { run } | Event::Stop { run, .. } => run.id == id,
        Event::Cancelled { id: of } | Event::CancelAsked { id: of, .. } => of == id,
        Event::Killed { .. } | Event::Frozen { .. } | Event::Thawed { .. } | Event::Down | Event::Back => true,
    }
}
