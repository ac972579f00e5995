use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use jobbers_core::model::Progress;

/// Heartbeats and progress that the store does not know yet.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    waits: AtomicBool,
    progress: Mutex<Option<Progress>>,
}

impl Pulse {
    /// Answers whether this is the first that waits.
    pub(super) fn beat(&self, progress: Option<Progress>) -> bool {
        if progress.is_some() {
            *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
        }
        !self.waits.swap(true, Ordering::AcqRel)
    }

    /// Takes what waits: a beat, with the progress if there was any.
    pub(super) fn take(&self) -> Option<Option<Progress>> {
        if !self.waits.swap(false, Ordering::AcqRel) {
            return None;
        }
        Some(self.progress.lock().unwrap_or_else(PoisonError::into_inner).take())
    }

    /// What was taken waits again; a newer progress stays.
    pub(super) fn put_back(&self, progress: Option<Progress>) {
        let mut waiting = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_none() {
            *waiting = progress;
        }
        self.waits.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(percent: f64) -> Progress {
        Progress { percent, message: None }
    }

    #[test]
    fn only_the_first_beat_of_several_is_told() {
        let pulse = Pulse::default();
        assert_eq!(pulse.take(), None);
        assert!(pulse.beat(None));
        assert!(!pulse.beat(Some(at(10.0))));
        assert!(!pulse.beat(None));
        assert_eq!(pulse.take(), Some(Some(at(10.0))));
        assert_eq!(pulse.take(), None);
        assert!(pulse.beat(None));
    }

    #[test]
    fn progress_put_back_does_not_hide_a_newer_one() {
        let pulse = Pulse::default();
        pulse.beat(Some(at(10.0)));
        let taken = pulse.take().unwrap();
        pulse.beat(Some(at(20.0)));
        pulse.put_back(taken);
        assert_eq!(pulse.take(), Some(Some(at(20.0))));
        pulse.put_back(Some(at(20.0)));
        assert_eq!(pulse.take(), Some(Some(at(20.0))));
    }
}
