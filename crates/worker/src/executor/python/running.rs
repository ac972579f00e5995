//! The attempts of a host.

use std::collections::HashMap;

use tokio::task::AbortHandle;

use crate::attempt::{Ended, Start};

#[derive(Debug, Default)]
pub(super) struct Running {
    next: u64,
    attempts: HashMap<u64, Entry>,
    /// The host has died, or is to end: nothing is begun any more.
    closed: bool,
}

#[derive(Debug)]
struct Entry {
    start: Start,
    /// Tells the host when it is to stop.
    watch: AbortHandle,
    /// It did not stop in its grace.
    stuck: bool,
}

impl Running {
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn len(&self) -> usize {
        self.attempts.len()
    }

    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn add(&mut self, id: u64, start: Start, watch: AbortHandle) {
        self.attempts.insert(id, Entry { start, watch, stuck: false });
    }

    pub(super) fn get(&self, id: u64) -> Option<&Start> {
        self.attempts.get(&id).map(|entry| &entry.start)
    }

    pub(super) fn end(&mut self, id: u64) -> Option<Start> {
        let Entry { start, watch, .. } = self.attempts.remove(&id)?;
        watch.abort();
        Some(start)
    }

    /// False if it has ended after all.
    pub(super) fn mark_stuck(&mut self, id: u64) -> bool {
        self.attempts.get_mut(&id).map(|entry| entry.stuck = true).is_some()
    }

    pub(super) fn stuck(&self) -> usize {
        self.attempts.values().filter(|entry| entry.stuck).count()
    }

    /// From now on nothing is begun.
    pub(super) fn refuse(&mut self) {
        self.closed = true;
    }

    /// Ends all of them, as their host has died: each as `ended` says.
    pub(super) fn close(&mut self, ended: &Ended) -> usize {
        self.refuse();
        let lost = std::mem::take(&mut self.attempts);
        let count = lost.len();
        for Entry { start, watch, .. } in lost.into_values() {
            watch.abort();
            start.end(ended.clone());
        }
        count
    }
}
