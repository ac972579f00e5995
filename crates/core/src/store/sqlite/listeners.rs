use tokio::sync::mpsc;

use crate::model::{Status, TaskId};
use crate::store::{Moved, Moves, RoutingChanges};

/// Moves that a slow reader may leave unread until it has to look by itself.
pub(super) const MOVES: usize = 4_096;

/// Who wants to know which tasks move.
#[derive(Debug)]
pub(super) struct MovesListener {
    moves: mpsc::Sender<Moved>,
    missed: bool,
}

impl MovesListener {
    pub(super) fn new() -> (Self, Moves) {
        let (moves, receiver) = mpsc::channel(MOVES);
        (Self { moves, missed: false }, receiver)
    }

    pub(super) fn is_open(&self) -> bool {
        !self.moves.is_closed()
    }

    pub(super) fn send(&mut self, moves: &[(TaskId, Status)]) {
        self.catch_up();
        for (id, status) in moves {
            if self.missed {
                return;
            }
            self.missed = self.moves.try_send(Moved::Task(*id, *status)).is_err();
        }
    }

    /// There were moves that nobody here knows.
    pub(super) fn miss(&mut self) {
        self.missed = true;
        self.catch_up();
    }

    pub(super) fn catch_up(&mut self) {
        if self.missed {
            self.missed = self.moves.try_send(Moved::Resync).is_err();
        }
    }
}

/// Who wants to know that queues or roles have changed.
#[derive(Debug)]
pub(super) struct RoutingListener {
    /// Has room for one message: whoever has not read it yet will find whatever has changed.
    changes: mpsc::Sender<()>,
    /// Of the changes in the store, how many it was told.
    told: i64,
}

impl RoutingListener {
    /// Begins with a message, after so many changes.
    pub(super) fn new(told: i64) -> (Self, RoutingChanges) {
        let (changes, receiver) = mpsc::channel(1);
        let _fits = changes.try_send(());
        (Self { changes, told }, receiver)
    }

    pub(super) fn is_open(&self) -> bool {
        !self.changes.is_closed()
    }

    /// Compares how often there were changes with what it knows.
    pub(super) fn tell(&mut self, changes: i64) {
        if self.told != changes {
            let _is_told_already = self.changes.try_send(());
            self.told = changes;
        }
    }
}
