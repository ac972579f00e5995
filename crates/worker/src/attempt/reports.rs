use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jobbers_core::lifecycle::Transition;
use tokio::sync::mpsc;

use super::Attempt;

/// Where attempts report to: their ends to the claim loop, waiting heartbeats to the renewal.
#[derive(Debug)]
pub(crate) struct Reports {
    ends: mpsc::UnboundedSender<AttemptReport>,
    beats: mpsc::UnboundedSender<BeatWaits>,
    /// Attempts whose code has not had its first chance to end.
    beginning: AtomicUsize,
    max_result: usize,
    /// What an attempt that does not stop gets besides its grace, because it is ended by force then.
    force: Duration,
}

/// An attempt whose code has stopped.
#[derive(Debug)]
pub(crate) struct AttemptReport {
    pub(crate) attempt: Arc<Attempt>,
    /// What the store is to do; none if the task was taken away.
    pub(crate) transition: Option<Transition>,
}

/// A heartbeat waits, and how long it may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BeatWaits(pub(crate) Duration);

impl Reports {
    /// Longest time that a heartbeat waits.
    const PATIENCE: Duration = Duration::from_millis(500);

    pub(crate) fn new(
        ends: mpsc::UnboundedSender<AttemptReport>,
        beats: mpsc::UnboundedSender<BeatWaits>,
        max_result: usize,
        force: Duration,
    ) -> Arc<Self> {
        Arc::new(Self { ends, beats, beginning: AtomicUsize::new(0), max_result, force })
    }

    pub(super) fn max_result(&self) -> usize {
        self.max_result
    }

    pub(super) fn force(&self) -> Duration {
        self.force
    }

    /// Whether nobody listens any more: the worker has ended.
    pub(super) fn are_closed(&self) -> bool {
        self.ends.is_closed()
    }

    /// An attempt is handed to what runs it.
    pub(super) fn begins(&self) {
        self.beginning.fetch_add(1, Ordering::Relaxed);
    }

    /// It has had its first chance to end; if it took it, its end was told before.
    pub(super) fn begun(&self) {
        self.beginning.fetch_sub(1, Ordering::Release);
    }

    /// Attempts that may be just about to end. The ends of all others that took their first chance have been told.
    pub(crate) fn beginning(&self) -> usize {
        self.beginning.load(Ordering::Acquire)
    }

    pub(super) fn ended(&self, report: AttemptReport) {
        // The worker may end at this very moment.
        let _ = self.ends.send(report);
    }

    pub(super) fn beat_waits(&self, interval: Option<Duration>) {
        let patience = interval.map_or(Self::PATIENCE, |interval| (interval / 3).min(Self::PATIENCE));
        let _ = self.beats.send(BeatWaits(patience));
    }
}
