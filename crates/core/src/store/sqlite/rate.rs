//! Rate limits: starts are counted in buckets, and a bucket counts whole until its last start has left the window. So
//! the limit is a bound over every window, and a start waits for a thousandth of the window longer than it must at the
//! most.

use std::collections::HashMap;

use super::batch::{Batch, Statement};
use super::database::Database;
use super::job::Tx;
use super::row::{Columns as _, millis};
use super::trouble::Result;
use crate::model::{RateLimit, Timestamp};
use crate::store::{Allowance, MAX_BATCH};

static GET: Batch = Batch::new(include_str!("sql/rates_get.sql"), 2);

/// Which part of a window's buckets may be kept that have left it.
const KEPT: i64 = 20;

/// The starts of a queue that count, of which there is at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Starts {
    /// Of the newest bucket.
    first: i64,
    last: i64,
    /// With the newest bucket, and before the oldest one that counts.
    total: i64,
    before: i64,
    /// The last start of the oldest bucket that is kept, which may have left the window.
    eldest: i64,
}

/// What a queue's limit has let through, and what it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) limit: RateLimit,
    now: i64,
    starts: Option<Starts>,
}

impl Rate {
    /// Nothing has started yet.
    #[cfg(test)]
    pub(super) const fn unused(limit: RateLimit) -> Self {
        Self { limit, now: 0, starts: None }
    }

    /// Starts that the limit leaves now.
    pub(super) fn left(&self) -> u32 {
        u32::try_from((i64::from(self.limit.numerator) - self.counted()).max(0)).unwrap_or(u32::MAX)
    }

    fn counted(&self) -> i64 {
        self.starts.filter(|_| !self.is_ahead()).map_or(0, |starts| starts.total - starts.before)
    }

    /// The clock was set back by more than the window: what was counted says nothing any more.
    fn is_ahead(&self) -> bool {
        self.starts.is_some_and(|starts| starts.last.saturating_sub(self.now) > window(self.limit))
    }

    /// Whether enough buckets have left the window for it to be worth while to forget them.
    fn has_old(&self) -> bool {
        let old = self.now.saturating_sub(window(self.limit) + window(self.limit) / KEPT);
        self.starts.is_none_or(|starts| starts.eldest <= old)
    }

    /// Counts starts now; answers the first start, and the total, of the bucket that they are in.
    fn add(&mut self, tasks: u32) -> (i64, i64) {
        let joined = self.starts.filter(|_| !self.is_ahead());
        let total = joined.map_or(0, |starts| starts.total) + i64::from(tasks);
        let first = match joined {
            Some(starts) if self.now.saturating_sub(starts.first) < width(self.limit) => starts.first,
            _ => self.now,
        };
        let last = if joined.is_some_and(|starts| starts.first == first) {
            joined.map_or(self.now, |starts| starts.last.max(self.now))
        } else {
            self.now
        };
        let (before, eldest) = joined.map_or((0, self.now), |starts| (starts.before, starts.eldest));
        self.starts = Some(Starts { first, last, total, before, eldest });
        (first, total)
    }
}

fn window(limit: RateLimit) -> i64 {
    i64::try_from(limit.window().as_millis()).unwrap_or(i64::MAX)
}

/// For how long starts join the same bucket.
fn width(limit: RateLimit) -> i64 {
    (window(limit) / 1_000).max(1)
}

/// When the last start of a bucket that counts no more was at the latest.
fn gone(limit: RateLimit, now: i64) -> i64 {
    now.saturating_sub(window(limit))
}

/// What has been let through in each of these queues.
pub(super) async fn rates(
    db: &mut dyn Database,
    now: Timestamp,
    limits: &[(&str, RateLimit)],
) -> Result<HashMap<String, Rate>> {
    let now = millis(now);
    let none = |(queue, limit): &(&str, RateLimit)| ((*queue).to_owned(), Rate { limit: *limit, now, starts: None });
    let mut rates: HashMap<String, Rate> = limits.iter().map(none).collect();
    for limits in limits.chunks(MAX_BATCH) {
        let mut statement = GET.of(limits.len());
        for (queue, limit) in limits {
            statement.bind(*queue).bind(gone(*limit, now));
        }
        for row in statement.rows(db).await? {
            let starts = Starts {
                first: row.integer("first")?,
                last: row.integer("last")?,
                total: row.integer("total")?,
                before: row.integer("before")?,
                eldest: row.integer("eldest")?,
            };
            if let Some(rate) = rates.get_mut(&row.text("queue")?) {
                rate.starts = Some(starts);
            }
        }
    }
    Ok(rates)
}

/// Counts tasks that start now.
pub(super) async fn count(tx: &mut Tx<'_>, queue: &str, rate: &mut Rate, tasks: u32) -> Result<()> {
    if tasks == 0 {
        return Ok(());
    }
    if rate.is_ahead() {
        Statement::new(include_str!("sql/rates_reset.sql")).bind(queue).run(tx.db).await?;
    } else if rate.has_old() {
        let mut leave = Statement::new(include_str!("sql/rates_leave.sql"));
        leave.bind(queue).bind(gone(rate.limit, rate.now)).run(tx.db).await?;
    }
    let (first, total) = rate.add(tasks);
    let mut add = Statement::new(include_str!("sql/rates_add.sql"));
    add.bind(queue).bind(first).bind(rate.now).bind(tasks).bind(total);
    add.bind(rate.now.saturating_add(window(rate.limit))).run(tx.db).await?;
    Ok(())
}

/// When the limit lets the next task start, while it lets none start now: then enough buckets have left the window.
pub(super) async fn next(db: &mut dyn Database, queue: &str, rate: &Rate) -> Result<Option<Timestamp>> {
    let Some(starts) = rate.starts.filter(|_| rate.left() == 0 && rate.limit.numerator > 0) else { return Ok(None) };
    let mut statement = Statement::new(include_str!("sql/rates_next.sql"));
    let row = statement.bind(queue).bind(starts.total - i64::from(rate.limit.numerator)).row(db).await?;
    let Some(row) = row else { return Ok(None) };
    let next = row.integer("last")?.saturating_add(window(rate.limit)).unsigned_abs();
    Ok(Some(Timestamp::from_millis(next).min(Timestamp::MAX)))
}

/// What a limit leaves of a queue; changes nothing.
pub(super) async fn allowance(
    db: &mut dyn Database,
    now: Timestamp,
    queue: &str,
    limit: RateLimit,
) -> Result<Allowance> {
    let rates = rates(db, now, &[(queue, limit)]).await?;
    let Some(rate) = rates.get(queue) else { return Ok(Allowance { left: limit.numerator.into(), next: None }) };
    Ok(Allowance { left: rate.left().into(), next: next(db, queue, rate).await? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Period;

    const NOW: i64 = 1_750_000_000_000;

    fn rate(numerator: u32, starts: Option<Starts>) -> Rate {
        let limit = RateLimit { numerator, denominator: 10, period: Period::Second };
        Rate { limit, now: NOW, starts }
    }

    fn starts(first: i64, last: i64) -> Option<Starts> {
        Some(Starts { first: NOW + first, last: NOW + last, total: 7, before: 3, eldest: NOW + first })
    }

    #[test]
    fn starts_join_the_newest_bucket_for_a_thousandth_of_the_window() {
        let mut joined = rate(9, starts(-9, -2));
        assert_eq!((joined.left(), joined.add(2)), (5, (NOW - 9, 9)));
        assert_eq!((joined.left(), joined.starts.unwrap().last), (3, NOW));
        let mut new = rate(9, starts(-10, -2));
        assert_eq!((new.add(2), new.left()), ((NOW, 9), 3));
        let mut first = rate(9, None);
        assert_eq!((first.left(), first.add(9), first.left()), (9, (NOW, 9), 0));
    }

    #[test]
    fn what_is_over_a_lowered_limit_leaves_nothing() {
        assert_eq!(rate(4, starts(-5, -5)).left(), 0);
        assert_eq!(rate(1, starts(-5, -5)).left(), 0);
        assert_eq!(rate(0, None).left(), 0);
        assert_eq!(rate(u32::MAX, None).left(), u32::MAX);
    }

    #[test]
    fn a_clock_that_was_set_back_a_little_joins_and_one_set_back_by_more_than_the_window_begins_anew() {
        let mut little = rate(9, starts(9_990, 10_000));
        assert_eq!((little.left(), little.add(1)), (5, (NOW + 9_990, 8)));
        assert_eq!(little.starts.unwrap().last, NOW + 10_000);
        let mut far = rate(9, starts(9_990, 10_001));
        assert_eq!((far.left(), far.add(1), far.left()), (9, (NOW, 1), 8));
    }

    #[test]
    fn buckets_are_a_millisecond_wide_at_the_least() {
        let limit = |denominator, period| RateLimit { numerator: 1, denominator, period };
        assert_eq!(width(limit(1, Period::Second)), 1);
        assert_eq!(width(limit(1, Period::Hour)), 3_600);
        assert_eq!(width(limit(u32::MAX, Period::Day)), 86_400 * i64::from(u32::MAX));
    }
}
