use std::collections::HashSet;

use jobbers_client::{Client, Filter, List, Listing, MOST_IDS};
use serde_json::json;

use crate::failure::Failure;
use crate::out::{self, Bar};

/// Taking dead letters out of the dead letter queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removal<'a> {
    pub(super) client: &'a Client,
    pub(super) dry_run: bool,
    pub(super) json: bool,
}

/// Largest page of a list.
const PAGE: u32 = 1_000;

impl Removal<'_> {
    /// These. One that was no dead letter makes it a failure.
    pub(super) async fn ids(&self, ids: &[String]) -> Result<(), Failure> {
        let wanted: HashSet<String> = ids.iter().map(|id| id.to_uppercase()).collect();
        let bar = Bar::new("removing", Some(ids.len() as u64));
        let mut removed = Vec::new();
        if self.dry_run {
            removed = self.found(&wanted).await?;
        } else {
            for ids in ids.chunks(MOST_IDS) {
                self.remove(ids, &mut removed, &bar).await?;
                bar.advance(ids.len());
            }
        }
        drop(bar);
        let others = wanted.len() - removed.len().min(wanted.len());
        self.print(&removed, others)?;
        if others == 0 { Ok(()) } else { Err(Failure::Silent(1)) }
    }

    /// Those that the filter lets through, the newest first. That one has left meanwhile is no failure.
    pub(super) async fn filter(&self, filter: Filter, limit: Option<u32>) -> Result<(), Failure> {
        let bar = Bar::new("removing", None);
        let mut pages = self.client.pages(Listing::DeadLetters, List { limit: Some(PAGE), ..List::from(filter) });
        let (mut removed, mut left) = (Vec::new(), limit);
        while left != Some(0) {
            pages.limit(left.map_or(PAGE, |left| left.min(PAGE)));
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) => return self.amid(&removed, &bar, error.into()),
            };
            let ids: Vec<String> = page.tasks.iter().map(|task| task.id.clone()).collect();
            let before = removed.len();
            if self.dry_run {
                removed.extend(ids);
            } else if !ids.is_empty() {
                self.remove(&ids, &mut removed, &bar).await?;
            }
            let more = removed.len() - before;
            bar.advance(more);
            left = left.map(|left| left.saturating_sub(u32::try_from(more).unwrap_or(u32::MAX)));
        }
        drop(bar);
        self.print(&removed, 0)
    }

    async fn remove(&self, ids: &[String], removed: &mut Vec<String>, bar: &Bar) -> Result<(), Failure> {
        match self.client.remove_dead_letters(ids).await {
            Ok(answer) => {
                removed.extend(answer.value.task_ids);
                Ok(())
            }
            Err(error) => self.amid(removed, bar, error.into()),
        }
    }

    /// What was done is told even so.
    fn amid(&self, removed: &[String], bar: &Bar, failure: Failure) -> Result<(), Failure> {
        if !removed.is_empty() && !self.dry_run {
            bar.hidden(|| self.print(removed, 0))?;
        }
        Err(failure)
    }

    /// Those of them that are dead letters now.
    async fn found(&self, wanted: &HashSet<String>) -> Result<Vec<String>, Failure> {
        let list = List { limit: Some(PAGE), ..List::default() };
        let mut pages = self.client.pages(Listing::DeadLetters, list);
        let mut found = Vec::new();
        while found.len() < wanted.len() {
            let Some(task) = pages.next_task().await? else { break };
            if wanted.contains(&task.id) {
                found.push(task.id);
            }
        }
        Ok(found)
    }

    fn print(&self, removed: &[String], others: usize) -> Result<(), Failure> {
        if self.json {
            let count = if self.dry_run { "would_be_removed" } else { "removed" };
            return out::print_line(json!({count: removed.len(), "task_ids": removed}));
        }
        out::print_line(self.text(removed.len(), others))
    }

    fn text(&self, removed: usize, others: usize) -> String {
        let taken = format!("{removed} taken out of the dead letter queue");
        let taken = if self.dry_run { format!("nothing was done; it would be: {taken}") } else { taken };
        match (removed, others) {
            (0, 0) => "no such dead letters".to_owned(),
            (_, 0) => taken,
            (_, 1) => format!("{taken}, 1 is no dead letter"),
            (_, others) => format!("{taken}, {others} are no dead letters"),
        }
    }
}
