use std::collections::HashMap;

use super::batch::Batch;
use super::job::Tx;
use super::trouble::Result;

static ADD: Batch = Batch::new(include_str!("sql/tallies_add.sql"), 11);
const MINUTE: i64 = 60_000;

/// What is counted of each queue in each minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) submitted: i64,
    pub(super) started: i64,
    pub(super) completed: i64,
    pub(super) failed: i64,
    pub(super) cancelled: i64,
    pub(super) stalled: i64,
    pub(super) dropped: i64,
    pub(super) retried: i64,
    pub(super) lost: i64,
}

/// What one step adds, one write for each queue.
#[derive(Debug, Default)]
pub(super) struct Tally {
    queues: HashMap<String, Counts>,
}

impl Tally {
    pub(super) fn of(&mut self, queue: &str) -> &mut Counts {
        if !self.queues.contains_key(queue) {
            self.queues.insert(queue.to_owned(), Counts::default());
        }
        self.queues.get_mut(queue).expect("was just put there")
    }

    pub(super) async fn add(self, tx: &mut Tx<'_>) -> Result<()> {
        let queues: Vec<_> = self.queues.into_iter().filter(|(_, counts)| *counts != Counts::default()).collect();
        if queues.is_empty() {
            return Ok(());
        }
        let mut statement = ADD.of(queues.len());
        for (queue, counts) in queues {
            statement.bind(tx.millis() / MINUTE).bind(queue);
            statement.bind(counts.submitted).bind(counts.started).bind(counts.completed).bind(counts.failed);
            statement.bind(counts.cancelled).bind(counts.stalled).bind(counts.dropped).bind(counts.retried);
            statement.bind(counts.lost);
        }
        statement.run(tx.db).await?;
        Ok(())
    }
}
