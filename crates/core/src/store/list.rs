use async_trait::async_trait;

use super::Result;
use crate::model::{Status, Task, TaskId, Timestamp, WorkerId};

/// Most entries of indexes (ids, and sets of ids) that one call of [`Lists::list`] looks at.
pub const MAX_EXAMINED: usize = 5_000;
/// Most ids that one call of [`Lists::list`] answers.
pub const MAX_LISTED: usize = 1_000;

/// What stores tell about many tasks.
#[async_trait]
pub trait Lists: Send + Sync {
    /// A page of the ids of the tasks that a filter lets through.
    ///
    /// The order is that of a time, which is also what `since` and `until` are about; tasks of the same time keep an
    /// order as well:
    ///
    /// | status | by | first |
    /// |---|---|---|
    /// | any, submitted | when it was submitted | newest, or oldest with [`Order::OldestFirst`] |
    /// | scheduled | when it is due | soonest |
    /// | started | when the attempt began | newest |
    /// | ended, or dead letters | when it ended | newest |
    ///
    /// A call looks at [`MAX_EXAMINED`] entries at the most, so a page may be short, even empty, and still have a
    /// `next`. Going on from `next` until there is none gives each task that did not change meanwhile exactly once.
    async fn list(&self, list: &List) -> Result<Listed>;

    /// Several tasks, whole, in the order of `ids` (at most [`MAX_LISTED`]); none where the store does not know one.
    /// Answers the first ones only, at least one, when these have more than `most_bytes` of parameters, metadata,
    /// results and errors.
    async fn tasks(&self, ids: &[TaskId], most_bytes: usize) -> Result<Vec<Option<Task>>>;
}

/// A page to be listed.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    pub filter: Filter,
    pub order: Order,
    /// Go on behind this; none = begin.
    pub after: Option<Cursor>,
    /// Ids at the most, [`MAX_LISTED`] at the most.
    pub limit: usize,
}

/// Which tasks; what is none lets every task through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub status: Option<Status>,
    /// Only dead letters, whatever `status` says.
    pub dead: bool,
    pub queue: Option<String>,
    pub name: Option<String>,
    pub version: Option<u32>,
    /// Who has it, or had it last.
    pub worker: Option<WorkerId>,
    /// Not before this time (of what the order is about).
    pub since: Option<Timestamp>,
    /// Before this time (of what the order is about).
    pub until: Option<Timestamp>,
}

/// Order of lists by submission; other lists have one order only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// A place in a list, between two entries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cursor {
    /// At the task that was the n-th to be submitted; also of a task that is gone.
    Submission(u64),
    /// At this time and id.
    Time(Timestamp, TaskId),
    /// Something that only the store understands.
    Own(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub entries: Vec<ListEntry>,
    /// Where to go on; none if there is nothing more.
    pub next: Option<Cursor>,
    /// Entries of indexes that were looked at.
    pub examined: usize,
}

/// A task that the filter let through when it was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct ListEntry {
    pub id: TaskId,
    /// The place behind it.
    pub cursor: Cursor,
}

impl Filter {
    /// Whether a task, as it is now, is let through. `since` and `until` are about [`time`](Self::time).
    pub fn admits(&self, task: &Task) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let time = self.time(task);
        self.wanted_status().is_none_or(|status| status == task.status)
            && same(&self.queue, &task.queue)
            && same(&self.name, &task.task_type.name)
            && self.version.is_none_or(|version| version == task.task_type.version)
            && self.worker.is_none_or(|worker| task.worker == Some(worker))
            && self.since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && self.until.is_none_or(|until| time.is_some_and(|time| time < until))
    }

    /// The only status that is let through, if that is so.
    pub fn wanted_status(&self) -> Option<Status> {
        if self.dead { Some(Status::Failed) } else { self.status }
    }

    /// The time that the list is ordered by.
    pub fn time(&self, task: &Task) -> Option<Timestamp> {
        match self.wanted_status() {
            None | Some(Status::Unsubmitted | Status::Submitted) => Some(task.submitted_at),
            Some(Status::Scheduled) => task.run_at,
            Some(Status::Started) => task.started_at,
            Some(Status::Completed | Status::Failed | Status::Cancelled | Status::Stalled | Status::Dropped) => {
                task.ended_at
            }
        }
    }
}
