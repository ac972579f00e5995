use std::collections::BTreeSet;

use tokio::time::{Instant, timeout_at};

use super::super::bulk::{BEGIN_WITHIN, Done, Error, Outcome, Wish};
use super::super::patience::{ANSWER_WITHIN, Pulse, no_answer};
use super::super::{Operations, patience};
use crate::model::{Task, TaskId};
use crate::store::{Cursor, Filter, List, MAX_BATCH, MAX_LISTED, Order, StoreError};

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
        /// So many that are resubmitted.
        limit: usize,
    },
}

/// What became of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Revived {
    pub resubmitted: usize,
    /// Unknown ones, such as are no dead letters (any more), and such as would wait in a queue that does not exist.
    pub skipped: usize,
    /// These queues, by name.
    pub gone: Vec<String>,
    /// The time was over before the limit was reached or the filter had no more: asking again goes on.
    pub unfinished: bool,
    /// Those that were resubmitted, as they are now; of many or very large ones only the first.
    pub tasks: Vec<Task>,
}

/// Parameters and results of the tasks in an answer, about.
const ANSWER_BYTES: usize = 4 << 20;

/// What has been done so far.
#[derive(Debug, Default)]
struct Sofar {
    resubmitted: Vec<TaskId>,
    skipped: usize,
    gone: BTreeSet<String>,
    unfinished: bool,
}

impl Sofar {
    fn add(&mut self, done: Vec<Done>) {
        for Done { id, outcome } in done {
            match outcome {
                Outcome::Resubmitted => self.resubmitted.push(id),
                Outcome::Conflict { .. } | Outcome::NotFound | Outcome::Cancelled | Outcome::CancellationRequested => {
                    self.skipped += 1;
                }
                Outcome::QueueGone { queue } => {
                    self.skipped += 1;
                    self.gone.insert(queue);
                }
            }
        }
    }
}

impl Operations {
    /// Makes dead letters wait again. What is none when its turn comes is left alone, so of two calls for the same
    /// one only one counts it.
    pub async fn revive(&self, revival: Revival) -> Result<Revived, Error> {
        let wish = Wish::Resubmit { reset_failures: revival.reset_failures, only_dead: true };
        let mut sofar = Sofar::default();
        match revival.which {
            Which::Ids(ids) => sofar.add(self.wish_for(wish, &ids, false).await?),
            Which::Filter { filter, limit } => {
                self.revive_by_filter(wish, Filter { dead: true, ..filter }, limit, &mut sofar).await?;
            }
        }
        let Sofar { resubmitted, skipped, gone, unfinished } = sofar;
        let tasks = match resubmitted.is_empty() {
            true => Vec::new(),
            // They are resubmitted: an answer without them is better than none.
            false => {
                let first = &resubmitted[..resubmitted.len().min(MAX_LISTED)];
                let looked = self.stores.tasks.tasks(first, ANSWER_BYTES);
                patience::within("tasks", looked).await.unwrap_or_default()
            }
        };
        let tasks = tasks.into_iter().flatten().collect();
        Ok(Revived { resubmitted: resubmitted.len(), skipped, gone: gone.into_iter().collect(), unfinished, tasks })
    }

    /// Goes on until so many are resubmitted, the list is over, or the time is.
    async fn revive_by_filter(&self, wish: Wish, filter: Filter, limit: usize, sofar: &mut Sofar) -> Result<(), Error> {
        let begun = Instant::now();
        let gone = &self.gone_for(wish).await?;
        if let Some(queue) = filter.queue.as_ref().filter(|queue| gone.contains(queue)) {
            return Err(Error::QueueGone(queue.clone()));
        }
        let mut list = List { filter, order: Order::NewestFirst, after: None, limit: 0 };
        loop {
            list.limit = (limit - sofar.resubmitted.len()).min(MAX_BATCH);
            match self.revive_piece(wish, gone, &list, begun + ANSWER_WITHIN).await {
                Ok((done, next)) => {
                    sofar.add(done);
                    list.after = next;
                }
                // What was done so far is worth telling.
                Err(_) if !sofar.resubmitted.is_empty() => sofar.unfinished = true,
                Err(error) => return Err(error.into()),
            }
            let over = list.after.is_none() || sofar.resubmitted.len() >= limit;
            sofar.unfinished |= !over && begun.elapsed() >= BEGIN_WITHIN;
            if over || sofar.unfinished {
                let tasks = sofar.resubmitted.len();
                tracing::info!(event = "revived", tasks, skipped = sofar.skipped, unfinished = sofar.unfinished);
                return Ok(());
            }
        }
    }

    /// One piece of the list and the step for it; and where the list goes on.
    async fn revive_piece(
        &self,
        wish: Wish,
        gone: &[String],
        list: &List,
        until: Instant,
    ) -> Result<(Vec<Done>, Option<Cursor>), StoreError> {
        let silent = |_| Err(no_answer("list"));
        let listed = timeout_at(until, self.stores.tasks.list(list)).await.unwrap_or_else(silent)?;
        let ids: Vec<TaskId> = listed.entries.into_iter().map(|entry| entry.id).collect();
        let done = match ids.is_empty() {
            true => Vec::new(),
            false => self.wish_step(wish, gone, &ids, &Pulse::until(until)).await?,
        };
        Ok((done, listed.next))
    }
}
