use super::super::scripts::MAX_LOOKED_AT;
use crate::model::TaskId;
use crate::store::{Cursor, ListEntry, Listed, MAX_EXAMINED};

/// A page that is being filled.
#[derive(Debug)]
pub(super) struct Page {
    limit: usize,
    entries: Vec<ListEntry>,
    examined: usize,
}

impl Page {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, entries: Vec::new(), examined: 0 }
    }

    /// Entries that still have a place.
    pub(super) fn room(&self) -> usize {
        self.limit - self.entries.len()
    }

    /// Entries that the next script may look at.
    pub(super) fn budget(&self) -> usize {
        self.budget_beside(0)
    }

    /// The same if it looks at so many others as well.
    pub(super) fn budget_beside(&self, others: usize) -> usize {
        MAX_LOOKED_AT.min(MAX_EXAMINED.saturating_sub(self.examined + others))
    }

    pub(super) fn examined(&self) -> usize {
        self.examined
    }

    /// Whether it ends here, however much more there is: the next step would look at `others` as well.
    pub(super) fn is_over_beside(&self, others: usize) -> bool {
        self.room() == 0 || self.budget_beside(others) == 0
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over_beside(0)
    }

    pub(super) fn look_at(&mut self, entries: usize) {
        self.examined += entries;
    }

    pub(super) fn add(&mut self, id: TaskId, cursor: Cursor) {
        self.entries.push(ListEntry { id, cursor });
    }

    pub(super) fn end(self, next: Option<Cursor>) -> Listed {
        Listed { entries: self.entries, next, examined: self.examined }
    }
}

/// The page of a list that nothing can be in, or of a cursor that is none of this list.
pub(super) fn nothing() -> Listed {
    Page::new(0).end(None)
}
