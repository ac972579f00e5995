use std::ops::AddAssign;

use super::record::Said;

/// Where the accepted tasks are in the end. Nothing else may have become of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    pub accepted: usize,
    pub completed: usize,
    /// Without dead letters.
    pub failed: usize,
    pub cancelled: usize,
    pub dead: usize,
    /// Waiting, scheduled, started, stalled or dropped.
    pub in_a_set: usize,
}

impl Account {
    /// Of these tasks, by what the API says of each.
    pub fn of<'a>(accepted: impl Iterator<Item = &'a str>, said: &Said) -> Self {
        let mut account = Self::default();
        for id in accepted {
            account.accepted += 1;
            match said.records.get(id).map(|record| record.status.as_str()) {
                Some("completed") => account.completed += 1,
                Some("failed") if said.dead.iter().any(|dead| dead == id) => account.dead += 1,
                Some("failed") => account.failed += 1,
                Some("cancelled") => account.cancelled += 1,
                Some(_) => account.in_a_set += 1,
                None => {}
            }
        }
        account
    }

    /// Accepted tasks that are nowhere.
    pub fn missing(&self) -> usize {
        self.accepted - self.completed - self.failed - self.cancelled - self.dead - self.in_a_set
    }
}

impl AddAssign for Account {
    fn add_assign(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.completed += other.completed;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.dead += other.dead;
        self.in_a_set += other.in_a_set;
    }
}
