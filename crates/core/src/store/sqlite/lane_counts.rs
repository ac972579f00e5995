use std::collections::BTreeMap;

use super::batch::Batch;
use super::job::Tx;
use super::trouble::Result;
use crate::model::Status;
use crate::store::MAX_BATCH;

static SETTLE: Batch = Batch::new(include_str!("sql/lanes_settle.sql"), 5);

/// How many tasks more, or fewer, lanes have of each kind: gathered while a step runs, and written once at its end.
#[derive(Debug, Default)]
pub(super) struct LaneCounts {
    lanes: BTreeMap<i64, Change>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Change {
    waiting: i64,
    scheduled: i64,
    started: i64,
    dead: i64,
}

impl LaneCounts {
    /// A task of this lane has this status no longer. (A dead letter's is told by [`lose_dead`](Self::lose_dead).)
    pub(super) fn lose(&mut self, lane: i64, status: Status) {
        self.add(lane, status, -1);
    }

    /// A task of this lane has this status now. Who waits is counted where its position is given.
    pub(super) fn gain(&mut self, lane: i64, status: Status) {
        if status != Status::Submitted {
            self.add(lane, status, 1);
        }
    }

    pub(super) fn lose_dead(&mut self, lane: i64) {
        self.of(lane).dead -= 1;
    }

    pub(super) fn gain_dead(&mut self, lane: i64) {
        self.of(lane).dead += 1;
    }

    fn add(&mut self, lane: i64, status: Status, tasks: i64) {
        match status {
            Status::Submitted => self.of(lane).waiting += tasks,
            Status::Scheduled => self.of(lane).scheduled += tasks,
            Status::Started => self.of(lane).started += tasks,
            Status::Unsubmitted
            | Status::Completed
            | Status::Failed
            | Status::Cancelled
            | Status::Stalled
            | Status::Dropped => {}
        }
    }

    fn of(&mut self, lane: i64) -> &mut Change {
        self.lanes.entry(lane).or_default()
    }
}

/// Writes what a step has gathered.
pub(super) async fn settle(tx: &mut Tx<'_>) -> Result<()> {
    let lanes = std::mem::take(&mut tx.lanes.lanes);
    let lanes: Vec<_> = lanes.into_iter().filter(|(_, change)| *change != Change::default()).collect();
    for lanes in lanes.chunks(MAX_BATCH) {
        let mut statement = SETTLE.of(lanes.len());
        for (lane, Change { waiting, scheduled, started, dead }) in lanes {
            if *started != 0 {
                tx.effects.places.push((*lane, *started));
            }
            statement.bind(*lane).bind(*waiting).bind(*scheduled).bind(*started).bind(*dead);
        }
        statement.run(tx.db).await?;
    }
    Ok(())
}
