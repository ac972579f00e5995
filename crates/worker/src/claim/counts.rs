use std::fmt;

use jobbers_core::model::Status;

/// What a worker did in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tasks claimed.
    pub claimed: u64,
    pub completed: u64,
    pub failed: u64,
    /// Failed, and are tried again.
    pub retried: u64,
    pub cancelled: u64,
    pub stalled: u64,
    pub handed_back: u64,
    /// Taken away by the store: their lease was over.
    pub lost: u64,
}

impl Counts {
    /// Counts a task that left `started`; `retry` tells a retry at once from a task that was handed back.
    pub(crate) fn finished(&mut self, status: Status, retry: bool) {
        match status {
            Status::Completed => self.completed += 1,
            Status::Failed => self.failed += 1,
            Status::Scheduled => self.retried += 1,
            Status::Submitted if retry => self.retried += 1,
            Status::Submitted => self.handed_back += 1,
            Status::Cancelled => self.cancelled += 1,
            Status::Stalled => self.stalled += 1,
            Status::Unsubmitted | Status::Started | Status::Dropped => {}
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { claimed, completed, failed, retried, cancelled, stalled, handed_back, lost } = self;
        write!(f, "{claimed} tasks claimed: {completed} completed, {failed} failed, {retried} to be retried")?;
        for (count, what) in
            [(cancelled, "cancelled"), (stalled, "stalled"), (handed_back, "handed back"), (lost, "taken away")]
        {
            if *count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}
