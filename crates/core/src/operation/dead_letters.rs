//! Running dead letters again.

use super::bulk::{Done, Error, Outcome, Selection, Wish, each_once};
use super::{Operations, patience};
use crate::model::{Status, Task, TaskId};
use crate::store::{Filter, MAX_LISTED};

/// Dead letters to run again.
#[derive(Debug, Clone, PartialEq)]
pub struct Revival {
    pub which: Which,
    /// They have all their retries again.
    pub reset_failures: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Which {
    Ids(Vec<TaskId>),
    /// The newest ones that the filter lets through.
    Filter {
        filter: Filter,
        limit: usize,
    },
}

/// What became of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Revived {
    pub resubmitted: usize,
    /// Unknown ones, and such as have not failed.
    pub skipped: usize,
    /// Those that were resubmitted, as they are now; of many or very large ones only the first.
    pub tasks: Vec<Task>,
}

/// Parameters and results of the tasks in an answer, about.
const ANSWER_BYTES: usize = 4 << 20;

impl Operations {
    /// Makes dead letters wait again. What has not failed is left alone.
    pub async fn revive(&self, revival: Revival) -> Result<Revived, Error> {
        let wish = Wish::Resubmit { reset_failures: revival.reset_failures };
        let done: Vec<Done> = match revival.which {
            Which::Ids(ids) => {
                let ids = each_once(&ids);
                let statuses = self.statuses(&ids).await?;
                let (failed, others): (Vec<_>, Vec<_>) =
                    ids.into_iter().zip(statuses).partition(|(_, status)| *status == Some(Status::Failed));
                let failed: Vec<TaskId> = failed.into_iter().map(|(id, _)| id).collect();
                let mut done = self.wish_for(wish, &failed, false).await?;
                done.extend(others.into_iter().map(|(id, _)| Done { id, outcome: Outcome::NotFound }));
                done
            }
            Which::Filter { filter, limit } => {
                let filter = Filter { dead: true, ..filter };
                let selection = Selection { filter, limit, cursor: None, rehearsal: false };
                self.wish_by_filter(wish, &selection).await?.done
            }
        };
        let resubmitted: Vec<TaskId> =
            done.iter().filter(|done| done.outcome == Outcome::Resubmitted).map(|done| done.id).collect();
        let tasks = match resubmitted.is_empty() {
            true => Vec::new(),
            // They are resubmitted: an answer without them is better than none.
            false => {
                let first = &resubmitted[..resubmitted.len().min(MAX_LISTED)];
                let looked = self.stores.tasks.tasks(first, ANSWER_BYTES);
                patience::within("tasks", looked).await.unwrap_or_default()
            }
        };
        let skipped = done.len() - resubmitted.len();
        Ok(Revived { resubmitted: resubmitted.len(), skipped, tasks: tasks.into_iter().flatten().collect() })
    }
}
