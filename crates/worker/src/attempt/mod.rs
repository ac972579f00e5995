//! One run of a task in a slot, whatever runs it: how it is interrupted, what it reports, how its end is judged.

mod ended;
mod interruption;
mod outcome;
mod pulse;
mod reports;
mod text;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jobbers_core::model::{Progress, Registration};
use jobbers_core::store::{Beat, ClaimedTask};
use tokio::time::Instant;

pub use ended::{Ended, Start};
use interruption::Interrupt;
pub use interruption::Interruption;
pub(crate) use outcome::not_begun;
use pulse::Pulse;
pub(crate) use reports::{AttemptReport, BeatWaits, Reports};
pub(crate) use text::{chain, error_text, shortened};

/// One run of a task.
#[derive(Debug)]
pub struct Attempt {
    task: ClaimedTask,
    registration: Arc<Registration>,
    /// The place of the task type among those of the worker.
    type_index: usize,
    began: Instant,
    interrupt: Interrupt,
    interrupted_at: OnceLock<Instant>,
    taken: AtomicBool,
    ended: AtomicBool,
    overdue: AtomicBool,
    pulse: Pulse,
    reports: Arc<Reports>,
}

impl Attempt {
    pub(crate) fn new(
        task: ClaimedTask,
        registration: Arc<Registration>,
        type_index: usize,
        reports: Arc<Reports>,
    ) -> Arc<Self> {
        Arc::new(Self {
            task,
            registration,
            type_index,
            began: Instant::now(),
            interrupt: Interrupt::default(),
            interrupted_at: OnceLock::new(),
            taken: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            overdue: AtomicBool::new(false),
            pulse: Pulse::default(),
            reports,
        })
    }

    pub fn task(&self) -> &ClaimedTask {
        &self.task
    }

    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The place of the task type among [`Executor::registrations`](crate::executor::Executor::registrations).
    pub fn type_index(&self) -> usize {
        self.type_index
    }

    /// Largest result that is taken, in bytes.
    pub(crate) fn max_result(&self) -> usize {
        self.reports.max_result()
    }

    /// Time since the worker began it.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Asks the handler to stop; the first reason counts. False if it had been asked before.
    pub fn interrupt(&self, reason: Interruption) -> bool {
        let first = self.interrupt.set(reason);
        if first {
            let _ = self.interrupted_at.set(Instant::now());
        }
        first
    }

    /// Why the handler is to stop, if it is.
    pub fn interruption(&self) -> Option<Interruption> {
        self.interrupt.reason()
    }

    /// Waits until the handler is to stop.
    pub async fn interrupted(&self) {
        self.interrupt.wait().await;
    }

    /// The task is not this worker's any more: its end counts for nothing. False if that was known.
    pub(crate) fn take_away(&self) -> bool {
        let first = !self.taken.swap(true, Ordering::AcqRel);
        self.interrupt(Interruption::TakenAway);
        first
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Acquire)
    }

    /// Whether its code has stopped.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// When something is to be done about it if it has not ended by then: its timeout, or the end of the grace that it
    /// has to stop.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        if self.has_ended() || self.overdue.load(Ordering::Acquire) {
            return None;
        }
        let policy = &self.registration.policy;
        match self.interrupted_at.get() {
            Some(asked) => asked.checked_add(policy.cancel_grace)?.checked_add(self.reports.force()),
            None => self.began.checked_add(policy.timeout?),
        }
    }

    /// It has not stopped in its grace. False if that was known, or it has ended after all.
    pub(crate) fn give_up(&self) -> bool {
        !self.has_ended() && !self.overdue.swap(true, Ordering::AcqRel)
    }

    /// Whether it has been asked to stop and did not, in all its grace.
    pub(crate) fn is_overdue(&self) -> bool {
        self.overdue.load(Ordering::Acquire) && !self.has_ended()
    }

    pub(crate) fn beat(&self, progress: Option<Progress>) {
        if self.pulse.beat(progress) {
            let interval = self.registration.policy.max_heartbeat_interval;
            self.reports.beat_waits(interval);
        }
    }

    /// What is to be said of its heartbeats; nothing is left to be said then.
    pub(crate) fn take_beat(&self) -> Option<Beat> {
        let progress = self.pulse.take()?;
        Some(Beat { progress, max_heartbeat_interval: self.registration.policy.max_heartbeat_interval })
    }

    /// A beat could not be said: it waits again, unless there is a newer one.
    pub(crate) fn put_back(&self, beat: Beat) {
        self.pulse.put_back(beat.progress);
    }

    fn end(self: Arc<Self>, ended: Ended) {
        self.ended.store(true, Ordering::Release);
        if self.reports.are_closed() {
            // The worker has ended at once; the task is left to its lease.
            return;
        }
        let transition = outcome::transition(&self, ended, self.reports.max_result());
        let reports = Arc::clone(&self.reports);
        reports.ended(AttemptReport { attempt: self, transition });
    }
}
