//! Pages of tasks.

mod bookmark;
mod progress;

use tokio::time::timeout;

pub(super) use bookmark::{Bookmark, Digest};
use progress::{Progress, Step};

use super::Operations;
use super::patience::{ANSWER_WITHIN, no_answer};
use crate::model::{Task, TaskId};
use crate::store::{Cursor, Filter, List, ListEntry, Order, StoreError};

/// Parameters and results that a page has, about; it is short rather than larger.
const PAGE_BYTES: usize = 4 << 20;

/// A page that somebody asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    pub filter: Filter,
    pub order: Order,
    /// Tasks at the most, [`MAX_LISTED`](crate::store::MAX_LISTED) at the most.
    pub limit: usize,
    /// Begin with this task; only for lists that begin with the oldest, or with the soonest.
    pub start: Option<TaskId>,
    /// Tasks to leave out first.
    pub offset: u16,
    /// The `next` of the page before, of a listing that differs in nothing but the limit.
    pub cursor: Option<String>,
}

/// A page of a list. It may be short, even empty, and still have a next one.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub tasks: Vec<Task>,
    /// Where the next page begins; none if there is nothing more.
    pub next: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    #[error("the list cannot begin with task {0}: there is no such task")]
    NoStart(TaskId),
    #[error("the list cannot begin with task {0}: it is not in this list")]
    StartElsewhere(TaskId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A text that is not the cursor of this list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a cursor of this list: send a `next_cursor` as it came, with the same filter as for the page before"
)]
pub struct InvalidCursor {
    text: String,
}

impl Operations {
    /// A page of the tasks that a filter lets through. Looks at about
    /// [`MAX_EXAMINED`](crate::store::MAX_EXAMINED) entries at the most, those that it leaves out as well. A task
    /// that has changed while the page was made, so that it does not belong there any more, is left out.
    pub async fn list(&self, listing: &Listing) -> Result<Page, Error> {
        timeout(ANSWER_WITHIN, self.list_now(listing)).await.unwrap_or_else(|_| Err(no_answer("list").into()))
    }

    async fn list_now(&self, listing: &Listing) -> Result<Page, Error> {
        let digest = Digest::of_listing(listing);
        let mark = match &listing.cursor {
            Some(text) => Bookmark::read(text, &digest)?,
            None => Bookmark { seeks: listing.start.is_some(), rest: listing.offset, ..Bookmark::default() },
        };
        let mut filter = listing.filter.clone();
        let mut progress = Progress::from(listing, mark);
        if let Some(start) = progress.sought() {
            progress.begin_at(self.time_of_start(start, &filter).await?);
        }
        filter.since = filter.since.max(progress.mark.since);
        let (entries, mut next) = loop {
            let (order, after) = (listing.order, progress.mark.place.clone());
            let list = List { filter: filter.clone(), order, after, limit: progress.wanted() };
            match progress.take(self.stores.tasks.list(&list).await?) {
                Step::GoOn => {}
                Step::Page { entries, next } => break (entries, next),
            }
        };
        let tasks = self.records(&entries, &filter, &mut next).await?;
        let since = progress.mark.since;
        let write = |next: Next| Bookmark { since, ..next.mark() }.write(&digest);
        Ok(Page { tasks, next: next.map(write) })
    }

    /// The time, by which the list is ordered, of the task that it is to begin with.
    async fn time_of_start(&self, start: TaskId, filter: &Filter) -> Result<crate::model::Timestamp, Error> {
        let task = self.stores.tasks.get(start).await?.ok_or(Error::NoStart(start))?;
        let time = filter.time(&task).filter(|_| filter.admits(&task));
        time.ok_or(Error::StartElsewhere(start))
    }

    /// The records of a page. One that is cut short goes on behind what was answered.
    async fn records(
        &self,
        entries: &[ListEntry],
        filter: &Filter,
        next: &mut Option<Next>,
    ) -> Result<Vec<Task>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<TaskId> = entries.iter().map(|entry| entry.id).collect();
        let found = self.stores.tasks.tasks(&ids, PAGE_BYTES).await?;
        if found.len() < entries.len() {
            let last = found.len().checked_sub(1).map(|last| entries[last].cursor.clone());
            let detail = || format!("0 answers for {} tasks", entries.len());
            let last = last.ok_or_else(|| StoreError::Broken { operation: "tasks", detail: detail() })?;
            *next = Some(Next::behind(last));
        }
        Ok(found.into_iter().flatten().filter(|task| filter.admits(task)).collect())
    }
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq)]
struct Next {
    place: Option<Cursor>,
    seeks: bool,
    rest: u16,
}

impl Next {
    fn behind(place: Cursor) -> Self {
        Self { place: Some(place), seeks: false, rest: 0 }
    }

    fn mark(self) -> Bookmark {
        Bookmark { place: self.place, seeks: self.seeks, rest: self.rest, ..Bookmark::default() }
    }
}
