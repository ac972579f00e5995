use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jobbers_core::lifecycle::{Destination, Transition};
use jobbers_core::model::{Status, TaskType, Timestamp};
use jobbers_core::store::{MinuteTally, QueueCounts, Tally, WaitingType};

use super::Model;
use super::turn::Objection;

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
                    counts.oldest_waiting = counts.oldest_waiting.into_iter().chain(task.waiting_since).min();
                }
                Status::Scheduled => counts.scheduled += 1,
                Status::Started => counts.started += 1,
                _ => {}
            }
        }
        queues.into_values().collect()
    }

    /// Says what is wrong with counts.
    pub fn follow_counts(&self, actual: &[QueueCounts]) -> Result<(), Objection> {
        let first = self.records.values().map(|record| record.task.submitted_at).min();
        let known =
            |counts: &&QueueCounts| (counts.waiting, counts.scheduled, counts.started, counts.dead) != (0, 0, 0, 0);
        let mut actual: Vec<_> = actual.iter().filter(known).cloned().collect();
        actual.sort_by(|a, b| a.queue.cmp(&b.queue));
        let mut expected = self.counts();
        expected.retain(|counts| known(&counts));
        for (expected, actual) in expected.iter_mut().zip(&actual) {
            // About since when is all that is promised.
            let is_likely = actual.oldest_waiting >= first && actual.oldest_waiting <= Some(self.now);
            if actual.waiting > 0 && is_likely {
                expected.oldest_waiting = actual.oldest_waiting;
            }
        }
        if expected == actual { Ok(()) } else { Err(format!("counts are {actual:?} instead of {expected:?}")) }
    }

    /// How many tasks of each type wait in each queue, counted one by one.
    pub fn waiting(&self) -> Vec<WaitingType> {
        let mut types: BTreeMap<(&str, &TaskType), u64> = BTreeMap::new();
        for task in self.records.values().map(|record| &record.task).filter(|task| task.status == Status::Submitted) {
            *types.entry((&task.queue, &task.task_type)).or_default() += 1;
        }
        let of_type = |((queue, task_type), tasks): ((&str, &TaskType), u64)| WaitingType {
            queue: queue.to_owned(),
            task_type: task_type.clone(),
            tasks,
        };
        types.into_iter().map(of_type).collect()
    }

    /// Says what is wrong with tallies.
    pub fn follow_tallies(&self, minutes: &RangeInclusive<u64>, actual: &[MinuteTally]) -> Result<(), Objection> {
        let mut actual = actual.to_vec();
        actual.retain(|minute| minute.tally != Tally::default());
        actual.sort_by(|a, b| (a.minute, &a.queue).cmp(&(b.minute, &b.queue)));
        let mut expected = self.tallies(minutes);
        for (expected, actual) in expected.iter_mut().zip(&actual) {
            let open = self.lost_or_cancelled.get(&(expected.minute, expected.queue.clone()));
            let (lost, least) = (expected.tally.lost, expected.tally.lost - open.copied().unwrap_or_default());
            expected.tally.lost = actual.tally.lost.clamp(least, lost);
        }
        expected.retain(|minute| minute.tally != Tally::default());
        if expected == actual { Ok(()) } else { Err(format!("tallies are {actual:?} instead of {expected:?}")) }
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
