//! Deleting a queue.

use std::fmt;

use rand::random;
use tokio::time::{Instant, timeout_at};

use super::super::Operations;
use super::super::bulk::BEGIN_WITHIN;
use super::super::patience::{ANSWER_WITHIN, no_answer};
use super::super::removal::{Removed, carry_out};
use super::{UnknownQueue, find};
use crate::routing::{Removal, RoutingError};
use crate::store::{QueueCounts, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    NotFound(#[from] UnknownQueue),
    #[error(
        "queue `{queue}` is not empty: it has {tasks}. With force=true it is deleted, and what waits, is scheduled or \
         runs is cancelled; dead letters stay"
    )]
    NotEmpty { queue: String, tasks: Tasks },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

/// What is in a queue, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tasks {
    pub waiting: u64,
    pub scheduled: u64,
    pub started: u64,
    pub dead: u64,
}

/// What became of the tasks of a queue that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// Tasks that waited, or were scheduled.
    pub cancelled: u64,
    /// Tasks that run, and are asked to stop.
    pub stopping: u64,
    /// Those that a scheduler goes on with; none if the store of tasks did not answer.
    pub remaining: Option<u64>,
}

impl Operations {
    /// Deletes a queue, also from its roles; one that has tasks only by force. Then these are cancelled, or asked to
    /// stop, as far as it comes in time, and a scheduler goes on with the rest. That is so without force as well, for
    /// what is submitted at the same moment. Dead letters stay where they are.
    pub async fn delete_queue(&self, name: &str, force: bool) -> Result<Deleted, Error> {
        let begun = Instant::now();
        let until = begun + ANSWER_WITHIN;
        self.queue_until(name, until).await?;
        let tasks = self.counts_of(name, until).await?.map(Tasks::from);
        if let Some(tasks) = tasks.filter(|tasks| !force && !tasks.is_empty()) {
            return Err(Error::NotEmpty { queue: name.to_owned(), tasks });
        }
        let asked_at = self.now_until(until).await?;
        let removal =
            Removal { id: random(), queue: name.to_owned(), before: None, scheduled: true, started: true, asked_at };
        if !self.change("delete queue", until, self.stores.routing.delete_queue(name, &removal)).await? {
            return Err(self.no_queue(name, until).await?.into());
        }
        tracing::info!(event = "queue_deleted", queue = name, force);
        let carried = timeout_at(until, carry_out(&self.stores.tasks, &removal, begun + BEGIN_WITHIN)).await;
        let deleted = match carried.unwrap_or_else(|_| Err(no_answer("cancel the tasks of a queue"))) {
            Ok(removed) => self.deleted(name, removed, until).await,
            // It is deleted, and that is what the answer says; a scheduler finds what is noted.
            Err(error) => {
                tracing::warn!(event = "store_error", queue = name, %error, "its tasks are left to a scheduler");
                Deleted { cancelled: 0, stopping: 0, remaining: None }
            }
        };
        Ok(deleted)
    }

    async fn deleted(&self, name: &str, removed: Removed, until: Instant) -> Deleted {
        let Removed { cancelled, stopping, complete } = removed;
        let remaining = match complete {
            true => Some(0),
            false => self.counts_of(name, until).await.ok().map(|counts| left(counts, stopping)),
        };
        Deleted { cancelled, stopping, remaining }
    }
}

/// What was not cancelled or asked to stop yet.
fn left(counts: Option<QueueCounts>, stopping: u64) -> u64 {
    counts.map_or(0, |counts| counts.waiting + counts.scheduled + counts.started.saturating_sub(stopping))
}

impl Tasks {
    const fn is_empty(&self) -> bool {
        self.waiting + self.scheduled + self.started + self.dead == 0
    }
}

impl From<QueueCounts> for Tasks {
    fn from(QueueCounts { waiting, scheduled, started, dead, .. }: QueueCounts) -> Self {
        Self { waiting, scheduled, started, dead }
    }
}

impl fmt::Display for Tasks {
    /// `3 waiting, 1 scheduled and 2 dead letters`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dead = if self.dead == 1 { "dead letter" } else { "dead letters" };
        let kinds =
            [(self.waiting, "waiting"), (self.scheduled, "scheduled"), (self.started, "started"), (self.dead, dead)];
        let words: Vec<String> =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}")).collect();
        match words.as_slice() {
            [] => f.write_str("no tasks"),
            [only] => f.write_str(only),
            [first @ .., last] => write!(f, "{} and {last}", first.join(", ")),
        }
    }
}

impl From<find::Error> for Error {
    fn from(error: find::Error) -> Self {
        match error {
            find::Error::NotFound(unknown) => Self::NotFound(unknown),
            find::Error::Routing(error) => Self::Routing(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_queue_is_told_in_words() {
        let told = |waiting, scheduled, started, dead| Tasks { waiting, scheduled, started, dead }.to_string();
        assert_eq!(told(0, 0, 0, 0), "no tasks");
        assert_eq!(told(0, 0, 2, 0), "2 started");
        assert_eq!(told(3, 0, 0, 1), "3 waiting and 1 dead letter");
        assert_eq!(told(3, 1, 2, 4), "3 waiting, 1 scheduled, 2 started and 4 dead letters");
    }
}
