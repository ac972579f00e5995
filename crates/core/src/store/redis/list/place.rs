//! Cursors of lists that go through their sets one after the other, because these are too many to be merged.

use serde::{Deserialize, Serialize};

use crate::model::{TaskId, Timestamp};
use crate::store::Cursor;

/// A time (milliseconds) and an id.
pub(super) type At = (u64, TaskId);

/// Where such a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    /// What comes before this place has been listed, of every set: while the sets were few enough to be merged.
    pub(super) bound: Option<At>,
    /// The set's name; empty at the beginning.
    pub(super) set: String,
    /// The entry behind which to go on in the set; none: the set is done.
    pub(super) after: Option<At>,
    /// Redis's cursor, for a set that is scanned: `after` is one of what it leads to.
    pub(super) scan: u64,
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

pub(super) fn at(cursor: (Timestamp, TaskId)) -> At {
    (cursor.0.as_millis(), cursor.1)
}
