use serde::Deserialize;
use serde::Serialize;

use super::send::Repeat;
use super::{Client, Error, Filter, Pages, Sent, Task};

/// A page of a list to be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct List {
    #[serde(skip)]
    pub filter: Filter,
    /// Tasks on the page, 1 to 1,000; 100 if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before; none = begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page of a list of tasks. It may be short, even empty, and still have a next one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TaskPage {
    pub tasks: Vec<Task>,
    /// Where the next page begins; none if there is nothing more.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

impl From<Filter> for List {
    fn from(filter: Filter) -> Self {
        Self { filter, ..Self::default() }
    }
}

/// Lists of tasks that a manager has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Tasks of any status, or the one that the filter names; newest first.
    Tasks,
    /// Tasks that run.
    Active,
    /// Tasks that are due later; soonest first.
    Scheduled,
    /// Permanently failed tasks that were kept; newest first.
    DeadLetters,
}

impl Listing {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Active => "active-tasks",
            Self::Scheduled => "scheduled-tasks",
            Self::DeadLetters => "dead-letter-queue",
        }
    }
}

impl Client {
    /// A page of tasks, newest first: by the time of their submission, or, with a status, of what that is about
    /// (see [`Filter::since`]).
    pub async fn list(&self, list: &List) -> Result<Sent<TaskPage>, Error> {
        self.page(Listing::Tasks, list).await
    }

    /// A page of the tasks that run, with their workers and for how long.
    pub async fn active(&self, list: &List) -> Result<Sent<TaskPage>, Error> {
        self.page(Listing::Active, list).await
    }

    /// A page of the tasks that are due later, soonest first.
    pub async fn scheduled(&self, list: &List) -> Result<Sent<TaskPage>, Error> {
        self.page(Listing::Scheduled, list).await
    }

    /// All pages, one after the other, beginning with `list`.
    pub fn pages(&self, listing: Listing, list: impl Into<List>) -> Pages {
        Pages::new(self.clone(), listing, list.into())
    }

    pub(super) async fn page(&self, listing: Listing, list: &List) -> Result<Sent<TaskPage>, Error> {
        let request = self.http.get(self.at(&[listing.path()])).query(&list.filter).query(list);
        self.call(request, Repeat::Safe).await
    }
}
