use async_trait::async_trait;
use sqlx::{Connection as _, SqliteConnection};

use super::batch::Statement;
use super::database::Database;
use super::job::{Step, Tx};
use super::row::{Columns as _, millis};
use super::trouble::Result;
use super::unstarted::{self, Unstarted};
use crate::model::{Status, Timestamp};
use crate::store::{Cursor, MAX_BATCH, MAX_EXAMINED, Purge, Swept};

/// Tasks of a queue that are no longer wanted.
pub(super) struct PurgeQueue(pub(super) Purge);

#[async_trait]
impl Step for PurgeQueue {
    type Answer = Swept;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Swept> {
        let limit = self.0.sweep.limit.clamp(1, MAX_BATCH);
        let Piece { found, next } = find(tx.db, &self.0, limit).await?;
        unstarted::end(tx, &found, Status::Cancelled).await?;
        Ok(Swept { now: tx.now, tasks: found.len(), next })
    }
}

/// How many would be cancelled. What is only counted may be more than what is cancelled at once.
pub(super) async fn rehearse(db: &mut SqliteConnection, now: Timestamp, purge: &Purge) -> Result<Swept> {
    let mut snapshot = db.begin().await?;
    let Piece { found, next } = find(&mut *snapshot, purge, MAX_EXAMINED).await?;
    Ok(Swept { now, tasks: found.len(), next })
}

struct Piece {
    found: Vec<Unstarted>,
    next: Option<Cursor>,
}

/// A way along an index, which has the tasks of a queue that are purged, and some that came later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// All that are scheduled: first, since they begin to wait meanwhile.
    Scheduled,
    /// A lane. Who waits since a time was submitted by then, so that what comes later is not even looked at.
    Waiting,
}

impl Way {
    pub(super) const fn index(self) -> &'static str {
        match self {
            Self::Scheduled => "tasks_due_by_queue",
            Self::Waiting => "tasks_waiting_since_by_lane",
        }
    }

    /// The statement that walks.
    pub(super) fn text(self) -> String {
        let (among, time, since) = match self {
            Self::Scheduled => ("tasks.status = 'L' AND tasks.queue = ?5", "run_at", "submitted_at"),
            Self::Waiting => ("tasks.status = 'W' AND tasks.lane = ?5", "submitted_at", "waiting_since"),
        };
        include_str!("sql/purge_walk.sql")
            .replace("{index}", self.index())
            .replace("{among}", among)
            .replace("{time}", time)
            .replace("{since}", since)
    }
}

/// Where a walk is: in a lane, or among the scheduled tasks (0), behind a time and a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Spot {
    lane: i64,
    time: i64,
    place: i64,
}

impl Spot {
    /// Whatever bytes somebody made up are some spot; what is none of ours is the beginning.
    fn of(cursor: Option<&Cursor>) -> Self {
        let Some(Cursor::Own(bytes)) = cursor else { return Self::default() };
        let (numbers, _) = bytes.as_chunks::<8>();
        let number = |at: usize| numbers.get(at).copied().map_or(0, i64::from_be_bytes);
        Self { lane: number(0).max(0), time: number(1), place: number(2) }
    }

    fn cursor(self) -> Cursor {
        Cursor::Own([self.lane, self.time, self.place].map(i64::to_be_bytes).concat())
    }
}

/// What a purge finds next: so many at the most, and with a look at a bounded number of entries.
async fn find(db: &mut dyn Database, purge: &Purge, limit: usize) -> Result<Piece> {
    let before = millis(purge.before);
    let mut at = Spot::of(purge.sweep.after.as_ref());
    let mut found = Vec::new();
    let mut examined = 0;
    for lane in lanes(db, purge, at.lane).await? {
        if lane != at.lane {
            at = Spot { lane, ..Spot::default() };
        }
        let way = if lane == 0 { Way::Scheduled } else { Way::Waiting };
        loop {
            // One more than is wanted shows whether there is more.
            let most = (limit - found.len() + 1).min(MAX_EXAMINED);
            let mut statement = Statement::composed(way.text());
            statement.bind(at.time).bind(at.place);
            statement.bind(if way == Way::Scheduled { i64::MAX } else { before });
            statement.bind(i64::try_from(most).unwrap_or(i64::MAX));
            match way {
                Way::Scheduled => statement.bind(purge.queue.as_str()),
                Way::Waiting => statement.bind(lane),
            };
            let rows = statement.rows(db).await?;
            for row in &rows {
                if found.len() == limit || examined == MAX_EXAMINED {
                    return Ok(Piece { found, next: Some(at.cursor()) });
                }
                examined += 1;
                (at.time, at.place) = (row.integer("time")?, row.integer("place")?);
                if row.maybe_integer("since")?.is_some_and(|since| since <= before) {
                    found.push(Unstarted {
                        id: row.id()?,
                        place: at.place,
                        status: row.status("status")?,
                        lane: row.integer("lane")?,
                        queue: row.text("queue")?,
                    });
                }
            }
            if rows.len() < most {
                break;
            }
        }
    }
    Ok(Piece { found, next: None })
}

/// The ways that are left: 0 for the scheduled tasks, and lanes by their numbers, which only grow.
async fn lanes(db: &mut dyn Database, purge: &Purge, from: i64) -> Result<Vec<i64>> {
    let mut lanes = if purge.scheduled && from == 0 { vec![0] } else { Vec::new() };
    let mut statement = Statement::new(include_str!("sql/lanes_purged.sql"));
    for row in statement.bind(purge.queue.as_str()).rows(db).await? {
        lanes.push(row.integer("lane")?);
    }
    lanes.retain(|lane| *lane >= from);
    lanes.sort_unstable();
    Ok(lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_is_read_back_and_anything_else_is_some_spot() {
        let spot = Spot { lane: 3, time: 1_750_000_000_000, place: 7 };
        assert_eq!(Spot::of(Some(&spot.cursor())), spot);
        assert_eq!(Spot::of(None), Spot::default());
        assert_eq!(Spot::of(Some(&Cursor::Submission(9))), Spot::default());
        for length in 0..30 {
            assert!(Spot::of(Some(&Cursor::Own(vec![255; length]))).lane >= 0);
        }
    }
}
