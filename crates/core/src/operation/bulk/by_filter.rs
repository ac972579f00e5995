use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::Operations;
use super::super::list::{Bookmark, Digest};
use super::super::patience::{ANSWER_WITHIN, Pulse, no_answer};
use super::stages::{passes_over, stages};
use super::{Done, Error, Outcome, Wish};
use crate::model::TaskId;
use crate::store::{Filter, List, Listed, MAX_BATCH, Order, StoreError};

/// After this time no further step is begun, so that the answer tells of all that were.
pub(in super::super) const BEGIN_WITHIN: Duration = Duration::from_millis(1000);

/// Tasks that a wish is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    pub filter: Filter,
    /// Tasks at the most.
    pub limit: usize,
    /// The `next` of the call before, with the same filter.
    pub cursor: Option<String>,
    /// Nothing is changed; the answer says what would be.
    pub rehearsal: bool,
}

/// What became of the first of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    pub done: Vec<Done>,
    /// Where to go on; none if every task was dealt with that was there in the beginning.
    pub next: Option<String>,
}

/// What is done with one piece of a list.
#[derive(Debug, Clone, Copy)]
struct Page<'p> {
    wish: Wish,
    /// Queues that do not exist.
    gone: &'p [String],
    rehearsal: bool,
    filter: &'p Filter,
    limit: usize,
    until: Instant,
}

impl Operations {
    /// The same wish for the tasks that a filter lets through, as far as it comes within [`ANSWER_WITHIN`] and the
    /// limit. Going on until there is no `next` reaches each task that was there in the beginning and fits when its
    /// turn comes; but one that goes back from running to waiting meanwhile may be missed. One that leaves the filter just before its step is dealt with all the same, and its answer tells.
    pub async fn wish_by_filter(&self, wish: Wish, selection: &Selection) -> Result<Selected, Error> {
        let (begun, digest) = (Instant::now(), Digest::new(wish.name(), &selection.filter));
        let mut mark = match &selection.cursor {
            Some(text) => Bookmark::read(text, &digest)?,
            None => Bookmark::default(),
        };
        let stages = stages(wish, &selection.filter);
        let gone = &self.gone_for(wish).await?;
        let mut done: Vec<Done> = Vec::new();
        let mut pieces = 0;
        while let Some(stage) = stages.get(usize::from(mark.stage)) {
            let late = pieces > 0 && begun.elapsed() >= BEGIN_WITHIN;
            if late || done.len() >= selection.limit {
                break;
            }
            let limit = (selection.limit - done.len()).min(MAX_BATCH);
            let until = begun + ANSWER_WITHIN;
            let page = Page { wish, gone, rehearsal: selection.rehearsal, filter: stage, limit, until };
            match self.wish_page(page, &mark).await {
                Ok((more, next)) => {
                    done.extend(more);
                    mark = next;
                    pieces += 1;
                }
                // What was done so far is worth telling; the next call finds the store as it is then.
                Err(_) if !done.is_empty() => break,
                Err(error) => return Err(error.into()),
            }
        }
        let ended = usize::from(mark.stage) >= stages.len();
        tracing::info!(event = "bulk", wish = wish.name(), rehearsal = selection.rehearsal, tasks = done.len(), ended);
        Ok(Selected { done, next: (!ended).then(|| mark.write(&digest)) })
    }

    /// One piece of a list and the step for it.
    async fn wish_page(&self, page: Page<'_>, mark: &Bookmark) -> Result<(Vec<Done>, Bookmark), StoreError> {
        let Page { wish, gone, rehearsal, filter, limit, until } = page;
        let list = List { filter: filter.clone(), order: Order::NewestFirst, after: mark.place.clone(), limit };
        let silent = |_| Err(no_answer("list"));
        let Listed { entries, next, .. } =
            timeout_at(until, self.stores.tasks.list(&list)).await.unwrap_or_else(silent)?;
        let ids: Vec<TaskId> = entries.into_iter().map(|entry| entry.id).collect();
        let mut done = match rehearsal {
            _ if ids.is_empty() => Vec::new(),
            true => timeout_at(until, self.foresee_step(wish, gone, &ids))
                .await
                .unwrap_or_else(|_| Err(no_answer("tasks")))?,
            false => self.wish_step(wish, gone, &ids, &Pulse::until(until)).await?,
        };
        if passes_over(filter) {
            done.retain(|done| !matches!(done.outcome, Outcome::Conflict { .. } | Outcome::NotFound));
        }
        let next = match next {
            Some(place) => Bookmark { place: Some(place), ..mark.clone() },
            None => Bookmark { stage: mark.stage + 1, ..Bookmark::default() },
        };
        Ok((done, next))
    }
}
