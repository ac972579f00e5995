use std::time::{Duration, Instant};

use super::clock::Clock;
use crate::model::Timestamp;

/// Notices that the machine was suspended: the wall clock went on, the monotonic clock did not.
#[derive(Debug)]
pub(super) struct Watch {
    wall: Timestamp,
    monotonic: Instant,
}

/// How far the two clocks may drift apart between two looks: far more than a clock that is being adjusted does.
const TOLERANCE: Duration = Duration::from_secs(2);

impl Watch {
    pub(super) fn new(clock: &Clock) -> Self {
        Self { wall: clock.now(), monotonic: Instant::now() }
    }

    /// If the machine was suspended since the last look: when that look was. A clock that tests move never was.
    pub(super) fn suspended(&mut self, clock: &Clock) -> Option<Timestamp> {
        let before = std::mem::replace(self, Self::new(clock));
        if matches!(clock, Clock::Manual(_)) {
            return None;
        }
        self.gap(&before).then_some(before.wall)
    }

    fn gap(&self, before: &Self) -> bool {
        let ran = self.monotonic.duration_since(before.monotonic);
        self.wall.since(before.wall) > ran + TOLERANCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspended_machine_is_noticed_by_its_two_clocks() {
        let start = Instant::now();
        let before = Watch { wall: Timestamp::from_millis(1_000_000), monotonic: start };
        let after = |wall: u64, ran| Watch {
            wall: Timestamp::from_millis(1_000_000 + wall),
            monotonic: start + Duration::from_millis(ran),
        };
        assert!(after(60_000, 100).gap(&before));
        assert!(!after(60_000, 60_000).gap(&before));
        assert!(!after(1_500, 0).gap(&before));
        assert!(!after(0, 60_000).gap(&before));
    }
}
