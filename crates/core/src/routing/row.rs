use crate::model::{Queue, RateLimit};

pub(super) const QUEUE_COLUMNS: &str =
    "name, max_concurrent, max_concurrent_total, rate_numerator, rate_denominator, rate_period, paused";

/// A row of `queues`, in the order of [`QUEUE_COLUMNS`].
pub(super) type QueueRow = (String, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>, bool);

pub(super) fn queue((name, each, total, numerator, denominator, period, paused): QueueRow) -> Queue {
    let rate = rate(&name, numerator, denominator, period);
    Queue { name, max_concurrent: limit(each), max_concurrent_total: limit(total), rate, paused }
}

/// Zero is unlimited as well, and a limit beyond any number of slots.
fn limit(limit: Option<i64>) -> Option<u32> {
    limit.filter(|limit| *limit > 0).map(bounded)
}

/// None as well if one of the three is missing or no such period exists: nobody can have set that but by hand.
fn rate(queue: &str, numerator: Option<i64>, denominator: Option<i64>, period: Option<String>) -> Option<RateLimit> {
    let (numerator, denominator, period) = (numerator?, denominator?, period?);
    match period.parse() {
        Ok(period) => {
            Some(RateLimit { numerator: bounded(numerator), denominator: bounded(denominator).max(1), period })
        }
        Err(error) => {
            tracing::warn!(event = "routing", queue, "the rate limit of this queue is ignored: {error}");
            None
        }
    }
}

fn bounded(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
