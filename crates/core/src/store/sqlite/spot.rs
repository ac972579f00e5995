use std::cmp::Ordering;

use sqlx::SqliteConnection;

use super::batch::Statement;
use super::row::{Columns as _, millis};
use super::trouble::Result;
use crate::store::{Cursor, Filter};

/// Where a task is in a list: its time there, and its place in the log, which is given to no other task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) time: i64,
    pub(super) place: i64,
}

impl Spot {
    /// Before all tasks on the way that a filter lets through.
    pub(super) fn before_all(filter: &Filter, forward: bool) -> Self {
        // Places begin with 1, and nothing is before 1970.
        if forward {
            Self { time: filter.since.map_or(0, millis), place: 0 }
        } else {
            Self { time: filter.until.map_or(i64::MAX, millis), place: 0 }
        }
    }

    /// Which of two comes first on the way.
    pub(super) fn compare(self, other: Self, forward: bool) -> Ordering {
        if forward { self.cmp(&other) } else { other.cmp(&self) }
    }

    pub(super) fn cursor(self) -> Cursor {
        Cursor::Own([self.time.to_be_bytes(), self.place.to_be_bytes()].concat())
    }

    /// Where a cursor is. Whatever bytes somebody made up are some spot.
    pub(super) async fn of(cursor: &Cursor, forward: bool, db: &mut SqliteConnection) -> Result<Self> {
        match cursor {
            Cursor::Own(bytes) => {
                let mut numbers = [0; 16];
                for (to, from) in numbers.iter_mut().zip(bytes) {
                    *to = *from;
                }
                let (time, place) = numbers.split_at(8);
                Ok(Self { time: number(time), place: number(place) })
            }
            Cursor::Submission(place) => {
                let place = i64::try_from(*place).unwrap_or(i64::MAX);
                let row = Statement::new(include_str!("sql/place_before.sql")).bind(place).row(db).await?;
                let time = row.map(|row| row.integer("submitted_at")).transpose()?.unwrap_or_default();
                Ok(Self { time, place })
            }
            Cursor::Time(time, id) => {
                let mut find = Statement::new(include_str!("sql/place_of_id.sql"));
                let row = find.bind(&id.to_bytes()[..]).row(db).await?;
                // Of a task that is gone: better once too often than not at all.
                let first = if forward { 0 } else { i64::MAX };
                let place = row.map(|row| row.integer("place")).transpose()?.unwrap_or(first);
                Ok(Self { time: millis(*time), place })
            }
        }
    }
}

fn number(bytes: &[u8]) -> i64 {
    bytes.iter().fold(0, |number, byte| number << 8 | i64::from(*byte))
}
