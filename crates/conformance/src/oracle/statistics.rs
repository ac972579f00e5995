use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jobbers_core::lifecycle::{Destination, Transition};
use jobbers_core::model::{Status, Timestamp};
use jobbers_core::store::{MinuteTally, QueueCounts, Tally};

use super::Model;

impl Model {
    /// How many tasks each queue has, counted one by one.
    pub fn counts(&self) -> Vec<QueueCounts> {
        let mut queues: BTreeMap<&str, QueueCounts> = BTreeMap::new();
        for record in self.records.values() {
            let task = &record.task;
            let counts = queues.entry(&task.queue).or_default();
            counts.queue.clone_from(&task.queue);
            counts.dead += u64::from(record.is_dead_letter);
            match task.status {
                Status::Submitted => {
                    counts.waiting += 1;
                    let since = task.started_at.unwrap_or(task.submitted_at);
                    counts.oldest_waiting = Some(counts.oldest_waiting.map_or(since, |oldest| oldest.min(since)));
                }
                Status::Scheduled => counts.scheduled += 1,
                Status::Started => counts.started += 1,
                _ => {}
            }
        }
        queues.into_values().collect()
    }

    /// What happened in these minutes.
    pub fn tallies(&self, minutes: &RangeInclusive<u64>) -> Vec<MinuteTally> {
        self.tallies
            .iter()
            .filter(|((minute, _), _)| minutes.contains(minute))
            .map(|((minute, queue), tally)| MinuteTally { minute: *minute, queue: queue.clone(), tally: *tally })
            .collect()
    }

    /// The tally of this minute.
    pub(super) fn tally(&mut self, queue: &str) -> &mut Tally {
        self.tallies.entry((minute(self.now), queue.to_owned())).or_default()
    }

    /// Counts the end of an attempt; `yielded` says that someone's wish decided where it led.
    pub(super) fn tally_end(&mut self, queue: &str, transition: &Transition, status: Status, yielded: bool) {
        let tally = self.tally(queue);
        match status {
            Status::Completed => tally.completed += 1,
            Status::Failed => tally.failed += 1,
            Status::Cancelled => tally.cancelled += 1,
            Status::Stalled => tally.stalled += 1,
            _ => {}
        }
        let goes_on = matches!(transition.destination, Destination::Waiting(_) | Destination::Scheduled(_));
        tally.retried += u64::from(transition.counts_failure && goes_on && !yielded);
        tally.lost += u64::from(transition.counts_lost);
        if yielded && transition.counts_lost {
            *self.lost_or_cancelled.entry((minute(self.now), queue.to_owned())).or_default() += 1;
        }
    }
}

/// The minute since 1970.
pub fn minute(time: Timestamp) -> u64 {
    time.as_millis() / 60_000
}
