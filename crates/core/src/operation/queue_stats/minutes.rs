use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use crate::model::Timestamp;
use crate::store::{MinuteTally, Tally};

/// Minutes that are looked at: an hour, and the one that is not over.
const MINUTES: u64 = 60;

/// What was counted in the minutes of the last hour. A minute that is over is read once: only the current one, and the
/// one before, which a step may just have written to, are read again.
#[derive(Debug, Default)]
pub(in super::super) struct Minutes {
    tallies: BTreeMap<u64, HashMap<String, Tally>>,
    /// This minute and all before are as they will stay.
    settled: Option<u64>,
}

impl Minutes {
    /// What has to be read.
    pub(super) fn missing(&self, at: Timestamp) -> RangeInclusive<u64> {
        let current = minute_of(at);
        let first = current.saturating_sub(MINUTES);
        // A clock that was set back makes what is known worthless.
        let settled = self.settled.filter(|settled| *settled < current);
        settled.map_or(first, |settled| first.max(settled + 1))..=current
    }

    /// Takes over what was read.
    pub(super) fn keep(&mut self, at: Timestamp, read: RangeInclusive<u64>, found: Vec<MinuteTally>) {
        let current = minute_of(at);
        let first = current.saturating_sub(MINUTES);
        self.tallies.retain(|minute, _| *minute >= first && *minute < *read.start());
        for MinuteTally { minute, queue, tally } in found {
            self.tallies.entry(minute).or_default().insert(queue, tally);
        }
        self.settled = current.checked_sub(2);
    }

    pub(super) fn all(&self) -> &BTreeMap<u64, HashMap<String, Tally>> {
        &self.tallies
    }
}

fn minute_of(at: Timestamp) -> u64 {
    at.as_millis() / 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000 + 5)
    }

    /// Reads what is missing from a store that counted this many in each minute.
    fn read(minutes: &mut Minutes, now: u64, count: u64) -> RangeInclusive<u64> {
        let missing = minutes.missing(at(now));
        let tally =
            |minute| MinuteTally { minute, queue: "q".into(), tally: Tally { completed: count, ..Tally::default() } };
        minutes.keep(at(now), missing.clone(), missing.clone().map(tally).collect());
        missing
    }

    fn completed(minutes: &Minutes, minute: u64) -> Option<u64> {
        minutes.all().get(&minute).map(|queues| queues["q"].completed)
    }

    #[test]
    fn minutes_that_are_over_are_read_once() {
        let mut minutes = Minutes::default();
        assert_eq!(read(&mut minutes, 1_000, 1), 940..=1_000);
        assert_eq!(read(&mut minutes, 1_000, 2), 999..=1_000);
        assert_eq!(read(&mut minutes, 1_001, 3), 999..=1_001);
        assert_eq!(
            [998, 999, 1_000, 1_001].map(|minute| completed(&minutes, minute)),
            [Some(1), Some(3), Some(3), Some(3)]
        );
        assert_eq!((completed(&minutes, 940), completed(&minutes, 941)), (None, Some(1)));
        assert_eq!(read(&mut minutes, 2_000, 4), 1_940..=2_000, "after a long sleep");
        assert_eq!(minutes.all().len(), 61);
    }

    #[test]
    fn a_clock_that_was_set_back_is_followed() {
        let mut minutes = Minutes::default();
        read(&mut minutes, 1_000, 1);
        assert_eq!(read(&mut minutes, 500, 2), 440..=500);
        assert_eq!(minutes.all().len(), 61);
        assert_eq!(read(&mut Minutes::default(), 0, 1), 0..=0);
    }
}
