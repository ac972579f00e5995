use std::time::Duration;

use super::batch::Statement;
use super::database::Database;
use super::row::{Columns as _, millis};
use super::trouble::Result;
use crate::model::{TaskId, Timestamp};
use crate::store::{Cursor, MAX_BATCH, Sweep};

/// A way along an index that has exactly the tasks that a sweep looks for, the longest due first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) index: &'static str,
    among: &'static str,
    time: &'static str,
}

impl Way {
    /// Started under a heartbeat interval, by when they count as silent.
    pub(super) const SILENT: Self = Self {
        index: "tasks_silent",
        among: "tasks.status = 'R' AND tasks.cancel_requested_at IS NULL AND tasks.silent_at IS NOT NULL",
        time: "silent_at",
    };
    /// Started without one, by their last heartbeat.
    pub(super) const BEATS: Self = Self {
        index: "tasks_beats",
        among: "tasks.status = 'R' AND tasks.cancel_requested_at IS NULL AND tasks.silent_at IS NULL \
                AND tasks.heartbeat_at IS NOT NULL",
        time: "heartbeat_at",
    };
    pub(super) const COMPLETED: Self = Self::ended("tasks.ended_at IS NOT NULL AND tasks.status = 'C'");
    pub(super) const CANCELLED: Self = Self::ended("tasks.ended_at IS NOT NULL AND tasks.status = 'X'");
    pub(super) const STALLED: Self = Self::ended("tasks.ended_at IS NOT NULL AND tasks.status = 'T'");
    pub(super) const DROPPED: Self = Self::ended("tasks.ended_at IS NOT NULL AND tasks.status = 'D'");
    /// Without dead letters.
    pub(super) const FAILED: Self = Self {
        index: "tasks_failed",
        among: "tasks.status = 'F' AND tasks.dead_at IS NULL AND tasks.ended_at IS NOT NULL",
        time: "ended_at",
    };
    pub(super) const DEAD: Self = Self { index: "tasks_dead", among: "tasks.dead_at IS NOT NULL", time: "ended_at" };
    /// Dead letters that are in no group of errors yet.
    pub(super) const UNGROUPED: Self = Self {
        index: "tasks_ungrouped",
        among: "tasks.dead_at IS NOT NULL AND tasks.likeness IS NULL",
        time: "dead_at",
    };

    const fn ended(among: &'static str) -> Self {
        Self { index: "tasks_ended", among, time: "ended_at" }
    }

    /// The statement that walks.
    pub(super) fn text(self) -> String {
        include_str!("sql/sweep_walk.sql")
            .replace("{index}", self.index)
            .replace("{among}", self.among)
            .replace("{time}", self.time)
    }
}

/// The last time that a sweep is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Until(i64);

impl Until {
    pub(super) const EVER: Self = Self(i64::MAX);

    pub(super) fn now(now: Timestamp) -> Self {
        Self(millis(now))
    }

    /// So long ago, or longer.
    pub(super) fn ago(now: Timestamp, age: Duration) -> Self {
        // Not a `Timestamp`: an age may be longer than there is time.
        Self(millis(now).saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Longer ago than that.
    pub(super) fn longer_ago(now: Timestamp, age: Duration) -> Self {
        Self(Self::ago(now, age).0.saturating_sub(1))
    }
}

/// A piece of a walk along one way after the other.
pub(super) struct Piece {
    pub(super) found: Vec<Found>,
    pub(super) next: Option<Cursor>,
}

pub(super) struct Found {
    pub(super) place: i64,
    pub(super) id: TaskId,
}

/// Where a walk is: on its n-th way, behind a time and a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Spot {
    way: usize,
    time: i64,
    place: i64,
}

impl Spot {
    /// Whatever bytes somebody made up are some spot; what is none of ours is the beginning.
    fn of(cursor: Option<&Cursor>) -> Self {
        let Some(Cursor::Own(bytes)) = cursor else { return Self::default() };
        let Some((way, rest)) = bytes.split_first() else { return Self::default() };
        let (numbers, _) = rest.as_chunks::<8>();
        let number = |at: usize| numbers.get(at).copied().map_or(0, i64::from_be_bytes);
        Self { way: usize::from(*way), time: number(0), place: number(1) }
    }

    fn cursor(self) -> Cursor {
        let way = u8::try_from(self.way).unwrap_or(u8::MAX);
        Cursor::Own([&[way][..], &self.time.to_be_bytes(), &self.place.to_be_bytes()].concat())
    }
}

/// What a sweep finds next. Nothing but time and place decides where it goes on, so that it ends also if it changes
/// nothing, and if what it found stays where it is.
pub(super) async fn piece(db: &mut dyn Database, ways: &[(Way, Until)], sweep: &Sweep) -> Result<Piece> {
    let limit = sweep.limit.clamp(1, MAX_BATCH);
    let mut at = Spot::of(sweep.after.as_ref());
    let mut found = Vec::new();
    while let Some((way, until)) = ways.get(at.way) {
        // One more than is wanted shows whether there is more.
        let most = limit - found.len() + 1;
        let mut statement = Statement::composed(way.text());
        statement.bind(at.time).bind(at.place).bind(until.0).bind(i64::try_from(most).unwrap_or(i64::MAX));
        for row in statement.rows(db).await? {
            if found.len() == limit {
                return Ok(Piece { found, next: Some(at.cursor()) });
            }
            (at.time, at.place) = (row.integer("time")?, row.integer("place")?);
            found.push(Found { place: at.place, id: row.id()? });
        }
        at = Spot { way: at.way + 1, ..Spot::default() };
    }
    Ok(Piece { found, next: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_is_read_back_and_anything_else_is_some_spot() {
        let spot = Spot { way: 3, time: 1_750_000_000_000, place: 7 };
        assert_eq!(Spot::of(Some(&spot.cursor())), spot);
        assert_eq!(Spot::of(None), Spot::default());
        assert_eq!(Spot::of(Some(&Cursor::Submission(9))), Spot::default());
        for length in 0..20 {
            let _some = Spot::of(Some(&Cursor::Own(vec![255; length])));
        }
    }

    #[test]
    fn an_age_may_be_longer_than_there_is_time() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(Until::ago(now, Duration::from_secs(1)), Until(0));
        assert!(Until::longer_ago(now, Duration::MAX).0 < 0);
    }
}
