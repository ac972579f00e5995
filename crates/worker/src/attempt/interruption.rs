use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;

/// Why a handler is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// Someone asked for the end of the task.
    Cancelled,
    /// The attempt took longer than its policy allows.
    TimedOut,
    /// The worker shuts down; the task is for a person to look at.
    Stopped,
    /// The worker shuts down; the task runs again elsewhere.
    HandedBack,
    /// The store gave the task to someone else.
    TakenAway,
}

impl Interruption {
    const ALL: [Self; 5] = [Self::Cancelled, Self::TimedOut, Self::Stopped, Self::HandedBack, Self::TakenAway];

    const fn code(self) -> u8 {
        match self {
            Self::Cancelled => 1,
            Self::TimedOut => 2,
            Self::Stopped => 3,
            Self::HandedBack => 4,
            Self::TakenAway => 5,
        }
    }
}

/// A request to stop that is made once and seen by everyone. One in each attempt, so it allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Interrupt {
    reason: AtomicU8,
    made: Notify,
}

impl Interrupt {
    /// Makes the request; false if it was made before.
    pub(super) fn set(&self, reason: Interruption) -> bool {
        let first = self.reason.compare_exchange(0, reason.code(), Ordering::AcqRel, Ordering::Acquire).is_ok();
        if first {
            self.made.notify_waiters();
        }
        first
    }

    pub(super) fn reason(&self) -> Option<Interruption> {
        match self.reason.load(Ordering::Acquire) {
            0 => None,
            code => Interruption::ALL.into_iter().find(|reason| reason.code() == code),
        }
    }

    pub(super) async fn wait(&self) {
        let mut made = pin!(self.made.notified());
        // Registered first, looked at second: a request in between is not missed.
        made.as_mut().enable();
        if self.reason().is_none() {
            made.await;
        }
    }
}
