use std::time::Duration;

use jobbers_core::model::{RateLimit, Timestamp};

use super::Model;

/// When tasks of a queue started, under limits of its rate: what was close together is counted as one, so that a
/// store may keep a bounded number of entries.
#[derive(Debug, Default)]
pub(super) struct Starts(Vec<Bucket>);

/// Starts that count until the last of them is a window ago.
#[derive(Debug)]
struct Bucket {
    first: Timestamp,
    last: Timestamp,
    count: u64,
}

/// Parts of a window into which starts are put.
const PARTS: u32 = 1_000;

impl Starts {
    /// Those that count, oldest first. A last start more than a window ahead says that the clock was set back: nothing
    /// that was counted before is of use then.
    fn counted(&self, window: Duration, now: Timestamp) -> impl Iterator<Item = &Bucket> {
        let is_of_use = self.0.last().is_some_and(|newest| newest.last <= now.after(window));
        let buckets = if is_of_use { self.0.as_slice() } else { &[] };
        buckets.iter().skip_while(move |bucket| bucket.last.after(window) <= now)
    }

    fn sum(&self, window: Duration, now: Timestamp) -> u64 {
        self.counted(window, now).map(|bucket| bucket.count).sum()
    }

    /// Tasks that may start now.
    fn left(&self, rate: RateLimit, now: Timestamp) -> u64 {
        u64::from(rate.numerator).saturating_sub(self.sum(rate.window(), now))
    }

    /// When the next task may start, if none may now; none as well if the limit lets none start at all.
    fn next(&self, rate: RateLimit, now: Timestamp) -> Option<Timestamp> {
        let allowed = u64::from(rate.numerator);
        let mut sum = self.sum(rate.window(), now);
        if sum < allowed || allowed == 0 {
            return None;
        }
        let mut leaving = self.counted(rate.window(), now);
        let enough = leaving.find(|bucket| {
            sum -= bucket.count;
            sum < allowed
        });
        enough.map(|bucket| bucket.last.after(rate.window()))
    }

    fn add(&mut self, rate: RateLimit, now: Timestamp) {
        let counted = self.counted(rate.window(), now).count();
        self.0.drain(..self.0.len() - counted);
        let width = (rate.window() / PARTS).max(Duration::from_millis(1));
        match self.0.last_mut() {
            Some(newest) if now < newest.first.after(width) => {
                newest.last = newest.last.max(now);
                newest.count += 1;
            }
            _ => self.0.push(Bucket { first: now, last: now, count: 1 }),
        }
    }
}

impl Model {
    /// Tasks of a queue that a limit of its rate lets start now.
    pub(super) fn rate_left(&self, queue: &str, rate: RateLimit) -> u64 {
        self.starts.get(queue).map_or(u64::from(rate.numerator), |starts| starts.left(rate, self.now))
    }

    /// When it lets the next one start, if none now.
    pub(super) fn next_start(&self, queue: &str, rate: RateLimit) -> Option<Timestamp> {
        self.starts.get(queue)?.next(rate, self.now)
    }

    pub(super) fn count_start(&mut self, queue: &str, rate: RateLimit) {
        self.starts.entry(queue.to_owned()).or_default().add(rate, self.now);
    }
}
