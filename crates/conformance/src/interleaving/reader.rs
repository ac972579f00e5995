use std::collections::{HashMap, HashSet};

use jobbers_core::model::{TaskId, Timestamp};
use jobbers_core::store::{List, MAX_EXAMINED, SharedStore};

use super::play::Checked;
use crate::oracle::Model;

/// Someone who pages through a list.
#[derive(Debug)]
pub(super) struct Reader {
    list: List,
    pub seen: Vec<TaskId>,
    pages: usize,
    /// What was in the list at its beginning and has not changed its place since.
    quiet: HashMap<TaskId, (u64, Timestamp)>,
    /// Whatever has been in it at any time since.
    ever: HashSet<TaskId>,
}

/// More than a list of so few tasks can have.
const MOST_PAGES: usize = 100;

impl Reader {
    pub fn new(list: List, model: &Model) -> Self {
        let quiet = model.places(&list.filter);
        let ever = quiet.keys().copied().collect();
        Self { list, seen: Vec::new(), pages: 0, quiet, ever }
    }

    /// Notices what has changed.
    pub fn notice(&mut self, model: &Model) {
        let places = model.places(&self.list.filter);
        self.quiet.retain(|id, place| places.get(id) == Some(place));
        self.ever.extend(places.keys());
    }

    /// Reads a page; false if it was the last one.
    pub async fn read_on(&mut self, store: &SharedStore) -> Result<bool, String> {
        let listed = store.list(&self.list).await.map_err(|error| error.to_string())?;
        self.pages += 1;
        if listed.entries.len() > self.list.limit || listed.examined > MAX_EXAMINED || self.pages > MOST_PAGES {
            return Err(format!("page {} of {:?} is {listed:?}", self.pages, self.list));
        }
        self.seen.extend(listed.entries.iter().map(|entry| entry.id));
        // Any entry's own place serves as well as the page's.
        let after_last = listed.entries.last().map(|entry| entry.cursor.clone());
        let goes_on = listed.next.is_some();
        self.list.after = if self.pages.is_multiple_of(2) { after_last.or(listed.next) } else { listed.next };
        Ok(goes_on)
    }

    /// Says what is wrong with all that was read.
    pub fn check(&self) -> Checked {
        for id in self.quiet.keys() {
            let times = self.seen.iter().filter(|seen| *seen == id).count();
            if times != 1 {
                return Err(format!("{id} did not change and came {times} times in {:?}", self.list));
            }
        }
        match self.seen.iter().find(|id| !self.ever.contains(id)) {
            Some(id) => Err(format!("{id} was never in {:?}", self.list)),
            None => Ok(()),
        }
    }
}
