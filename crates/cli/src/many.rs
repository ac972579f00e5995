//! One step on many tasks: by their ids, or by a filter.

use std::collections::BTreeMap;

use jobbers_client::{Client, Error, Filter, Json, MOST_IDS, Outcome, OutcomeStatus, Outcomes, Selection, Sent};
use serde::Deserialize;

use super::failure::Failure;
use super::out::{self, Bar, Cell, Column, Look, Table, Tint};

/// Most outcomes that are shown one by one.
const MOST_SHOWN: usize = 20;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Cancel,
    Resubmit,
}

/// A step on many tasks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Many<'a> {
    pub(crate) client: &'a Client,
    pub(crate) step: Step,
    pub(crate) dry_run: bool,
    pub(crate) json: bool,
}

impl Many<'_> {
    async fn send(&self, selection: &Selection) -> Result<Sent<Outcomes>, Error> {
        match self.step {
            Step::Cancel => self.client.cancel_many(selection, self.dry_run).await,
            Step::Resubmit => self.client.resubmit_many(selection, self.dry_run).await,
        }
    }

    const fn doing(&self) -> &'static str {
        match self.step {
            Step::Cancel => "cancelling",
            Step::Resubmit => "submitting again",
        }
    }

    /// These tasks. One for which it could not be done makes it a failure.
    pub(crate) async fn ids(&self, ids: &[String]) -> Result<(), Failure> {
        let bar = Bar::new(self.doing(), Some(ids.len() as u64));
        let mut told = Told::default();
        for ids in ids.chunks(MOST_IDS) {
            match self.send(&Selection::ids(ids)).await {
                Ok(sent) => told.add(&sent)?,
                Err(error) => {
                    // What was done is told even so.
                    if !told.outcomes.is_empty() {
                        bar.hidden(|| told.print(self))?;
                    }
                    return Err(error.into());
                }
            }
            bar.advance(ids.len());
        }
        drop(bar);
        told.print(self)?;
        if told.all_done() { Ok(()) } else { Err(Failure::Silent(1)) }
    }
}

impl Many<'_> {
    /// The tasks that these filters let through, one after the other, `limit` at the most. That one has changed
    /// meanwhile is no failure.
    pub(crate) async fn filters(&self, filters: &[Filter], limit: Option<u32>) -> Result<(), Failure> {
        let bar = Bar::new(self.doing(), None);
        let mut told = Told::default();
        let mut filters = filters.iter();
        let mut rest = None;
        loop {
            let left = limit.map(|limit| limit.saturating_sub(u32::try_from(told.outcomes.len()).unwrap_or(limit)));
            let next = || filters.next().map(|filter| Selection::filter(filter.clone(), left));
            let Some(selection) = rest.take().or_else(next).filter(|_| left != Some(0)) else { break };
            let sent = match self.send(&selection).await {
                Ok(sent) => sent,
                Err(error) => {
                    // What was done is told even so.
                    if !told.outcomes.is_empty() {
                        bar.hidden(|| told.print(self))?;
                    }
                    return Err(error.into());
                }
            };
            bar.advance(sent.results.len());
            told.add(&sent)?;
            rest = selection.rest(&sent);
        }
        drop(bar);
        told.print(self)
    }
}

/// What became of tasks so far.
#[derive(Debug, Default)]
struct Told {
    outcomes: Vec<Outcome>,
    /// The same, as the manager sent it.
    texts: Vec<Json>,
}

#[derive(Deserialize)]
struct Texts {
    results: Vec<Json>,
}

impl Told {
    fn add(&mut self, sent: &Sent<Outcomes>) -> Result<(), Failure> {
        let Texts { results } = sent.json.read().map_err(|error| Failure::Failed(error.to_string()))?;
        self.texts.extend(results);
        self.outcomes.extend(sent.results.iter().cloned());
        Ok(())
    }

    fn all_done(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.status.is_done())
    }

    fn print(&self, many: &Many<'_>) -> Result<(), Failure> {
        if many.json {
            let texts: Vec<&str> = self.texts.iter().map(Json::as_str).collect();
            return out::print_line(format_args!("{{\"results\":[{}]}}", texts.join(",")));
        }
        out::print(&self.text(&Look::of_stdout(), many.dry_run))
    }

    /// All of a few, of many those for which it was not done; and a summary.
    fn text(&self, look: &Look, dry_run: bool) -> String {
        let few = self.outcomes.len() <= MOST_SHOWN;
        let mut shown = self.outcomes.iter().filter(|outcome| few || !outcome.status.is_done()).peekable();
        let mut text = String::new();
        if shown.peek().is_some() {
            let mut table = Table::new([Column::Whole("ID"), Column::Whole("OUTCOME"), Column::Cut("DETAIL")]);
            for outcome in shown {
                let tint = if outcome.status.is_done() { Tint::Plain } else { Tint::Bad };
                let detail = outcome.detail.as_deref().unwrap_or_default();
                table.row([
                    Cell::from(&outcome.task_id),
                    Cell::tinted(words(&outcome.status), tint),
                    Cell::from(detail),
                ]);
            }
            text = table.render(look);
        }
        if !few || dry_run || self.outcomes.is_empty() {
            text.push_str(&self.summary(dry_run));
            text.push('\n');
        }
        text
    }

    fn summary(&self, dry_run: bool) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for outcome in &self.outcomes {
            *counts.entry(words(&outcome.status)).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(status, count)| format!("{count} {status}")).collect();
        match (counts.is_empty(), dry_run) {
            (true, _) => "no such tasks".to_owned(),
            (false, true) => format!("nothing was done; it would be: {}", counts.join(", ")),
            (false, false) => counts.join(", "),
        }
    }
}

fn words(status: &OutcomeStatus) -> &str {
    match status {
        OutcomeStatus::Cancelled => "cancelled",
        OutcomeStatus::CancellationRequested => "asked to stop",
        OutcomeStatus::Resubmitted => "submitted again",
        OutcomeStatus::NotFound => "not found",
        OutcomeStatus::Conflict => "not possible",
        OutcomeStatus::Other(other) => other,
    }
}
