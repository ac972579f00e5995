//! Cursors of lists whose sets are too many, or too large, to be merged or sorted.

use serde::{Deserialize, Serialize};

use crate::model::{TaskId, Timestamp};
use crate::store::Cursor;

/// A time (milliseconds) and an id.
pub(super) type At = (u64, TaskId);

/// Where such a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// What comes before this place has been listed, of all sets: while they could be one list.
    pub(super) bound: Option<At>,
    pub(super) within: Within,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Within {
    /// Of sets in order of names (an empty one at the beginning): behind this entry of it; none: the set is done.
    Sets(String, Option<At>),
    /// Of the log: behind this number.
    Log(u64),
}

impl Place {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor::Own(rmp_serde::to_vec(self).unwrap_or_default())
    }

    /// None if the cursor does not come from here.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(bytes).ok()
    }
}

pub(super) fn at(time: Timestamp, id: TaskId) -> At {
    (time.as_millis(), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_back_from_cursors() {
        let entry = at(Timestamp::from_millis(1_800_000_000_000), TaskId::from_parts(1, 2));
        for within in
            [Within::Log(3), Within::Sets("a:b@1:failed".to_owned(), Some(entry)), Within::Sets(String::new(), None)]
        {
            for bound in [None, Some(entry)] {
                let place = Place { bound, within: within.clone() };
                let Cursor::Own(bytes) = place.cursor() else { panic!("{place:?}") };
                assert_eq!(Place::read(&bytes), Some(place));
                assert!(bytes.len() < 100, "{} bytes", bytes.len());
            }
        }
        assert_eq!(Place::read(b"of another store"), None);
    }
}
