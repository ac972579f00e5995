use serde::{Deserialize, Serialize};

use super::send::Repeat;
use super::{Client, Error, Filter, Sent};

/// Most ids that a call takes.
pub const MOST_IDS: usize = 10_000;

/// Tasks that a call is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Selection {
    /// At most [`MOST_IDS`].
    Ids { task_ids: Vec<String> },
    Filter {
        filter: Filter,
        /// Tasks at the most, over all calls; none = all.
        #[serde(skip)]
        limit: Option<u32>,
        /// The `next_cursor` of the call before, with the same filter; none = begin.
        #[serde(skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    },
}

impl Selection {
    /// Of these tasks.
    pub fn ids(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Ids { task_ids: ids.into_iter().map(Into::into).collect() }
    }

    /// Of the tasks that a filter lets through.
    pub const fn filter(filter: Filter, limit: Option<u32>) -> Self {
        Self::Filter { filter, limit, cursor: None }
    }

    /// What is left of it after these outcomes; none if that was all.
    pub fn rest(&self, outcomes: &Outcomes) -> Option<Self> {
        match self {
            Self::Ids { .. } => None,
            Self::Filter { filter, limit, .. } => {
                let cursor = Some(outcomes.next_cursor.clone()?);
                let limit =
                    limit.map(|limit| limit.saturating_sub(u32::try_from(outcomes.results.len()).unwrap_or(limit)));
                if limit == Some(0) { None } else { Some(Self::Filter { filter: filter.clone(), limit, cursor }) }
            }
        }
    }
}

/// Most tasks of a filter that one call takes.
const MOST_FILTERED: u32 = 10_000;

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    selection: &'a Selection,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

/// What became of each of the tasks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outcomes {
    pub results: Vec<Outcome>,
    /// Of a filter: where to go on; none if every task was dealt with that was there in the beginning.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What became of one of the tasks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outcome {
    pub task_id: String,
    pub status: OutcomeStatus,
    /// Why it was not done.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    Cancelled,
    /// It runs: its worker is told to stop it.
    CancellationRequested,
    Resubmitted,
    NotFound,
    /// Its status does not allow it; nothing changed.
    Conflict,
    /// One that this client does not know: the manager is newer.
    #[serde(untagged)]
    Other(String),
}

impl OutcomeStatus {
    /// Whether what was asked for was done.
    pub const fn is_done(&self) -> bool {
        !matches!(self, Self::NotFound | Self::Conflict)
    }
}

impl Client {
    /// Asks for the end of many tasks; with `dry_run` it is only told what would become of them. A filter may need
    /// several calls: go on with [`Selection::rest`].
    pub async fn cancel_many(&self, selection: &Selection, dry_run: bool) -> Result<Sent<Outcomes>, Error> {
        self.many("cancel", selection, dry_run).await
    }

    /// Makes many tasks run again, likewise.
    pub async fn resubmit_many(&self, selection: &Selection, dry_run: bool) -> Result<Sent<Outcomes>, Error> {
        self.many("resubmit", selection, dry_run).await
    }

    async fn many(&self, step: &str, selection: &Selection, dry_run: bool) -> Result<Sent<Outcomes>, Error> {
        let limit = match selection {
            Selection::Ids { .. } => None,
            Selection::Filter { limit, .. } => Some(limit.unwrap_or(MOST_FILTERED).min(MOST_FILTERED)),
        };
        let request = self.http.post(self.at(&["tasks", step])).json(&Body { selection, limit, dry_run });
        let repeat = if dry_run { Repeat::Safe } else { Repeat::Asked };
        self.call(request, repeat).await
    }
}
