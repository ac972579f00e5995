use std::fmt::Write as _;

use super::account::Account;
use super::check::Kind;
use super::figures::spread;
use super::report::Report;

/// All rounds of one scenario on one store.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    pub rounds: usize,
    /// Rounds that did not come to their end.
    pub broken: usize,
    sum: Report,
}

impl Row {
    pub fn new(name: String) -> Self {
        Self { name, rounds: 0, broken: 0, sum: Report::default() }
    }

    pub fn add(&mut self, report: Report) {
        self.rounds += 1;
        self.sum.account += report.account;
        self.sum.attempts += report.attempts;
        self.sum.findings.extend(report.findings);
        self.sum.rerun_after.extend(report.rerun_after);
        self.sum.consuming_after.extend(report.consuming_after);
    }

    pub fn is_well(&self) -> bool {
        self.broken == 0 && self.sum.findings.is_empty() && self.sum.account.missing() == 0
    }
}

const HEAD: &str = "\
| scenario | rounds | accepted | completed | failed | cancelled | dead | in a set | attempts \
| lost | finished twice | running twice | otherwise wrong | death to re-run | Redis back to consuming |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

/// As a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text = HEAD.to_owned();
    for Row { name, rounds, broken, sum } in rows {
        let Account { accepted, completed, failed, cancelled, dead, in_a_set } = sum.account;
        let [lost, finished, running, wrong] =
            [Kind::Lost, Kind::FinishedTwice, Kind::RunningTwice, Kind::Wrong].map(|kind| sum.count(kind));
        let wrong = wrong + broken;
        let (rerun, consuming) = (seconds(&sum.rerun_after), seconds(&sum.consuming_after));
        let _ = writeln!(
            text,
            "| {name} | {rounds} | {accepted} | {completed} | {failed} | {cancelled} | {dead} | {in_a_set} | {} \
             | {lost} | {finished} | {running} | {wrong} | {rerun} | {consuming} |",
            sum.attempts
        );
    }
    text
}

/// Median and longest.
fn seconds(figures: &[f64]) -> String {
    spread(figures).map_or_else(|| "–".to_owned(), |(median, longest)| format!("{median:.2} s, at most {longest:.2} s"))
}
