use crate::model::Timestamp;
use crate::store::Tally;

const MINUTE: u64 = 60_000;

/// How fast tasks ended, and how many of them failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tasks that ended per second, however they did.
    pub throughput: f64,
    /// Which part of them failed; none if none ended.
    pub failure_rate: Option<f64>,
}

impl Rate {
    /// Over the last minutes until now: the one that is not over, and of the oldest one the part that is not older.
    pub(super) fn over(minutes: u32, at: Timestamp, tally: impl Fn(u64) -> Option<Tally>) -> Self {
        let current = at.as_millis() / MINUTE;
        let into_current = at.as_millis() % MINUTE;
        let part_of_oldest = (MINUTE - into_current) as f64 / MINUTE as f64;
        let oldest = current.saturating_sub(minutes.into());
        let (mut ended, mut failed) = (0.0, 0.0);
        for minute in oldest..=current {
            let weight = if minute == oldest { part_of_oldest } else { 1.0 };
            if let Some(tally) = tally(minute) {
                ended += weight * ends(tally) as f64;
                failed += weight * tally.failed as f64;
            }
        }
        let rounded = |number: f64| (number * 10_000.0).round() / 10_000.0;
        let throughput = rounded(ended / (f64::from(minutes) * 60.0));
        Self { throughput, failure_rate: (ended > 0.0).then(|| rounded(failed / ended)) }
    }
}

/// Tasks that have started per second in the last minute.
pub(super) fn starts(at: Timestamp, tally: impl Fn(u64) -> Option<Tally>) -> f64 {
    let current = at.as_millis() / MINUTE;
    let part_of_oldest = (MINUTE - at.as_millis() % MINUTE) as f64 / MINUTE as f64;
    let started = |minute| tally(minute).map_or(0, |tally| tally.started) as f64;
    (started(current) + part_of_oldest * started(current.saturating_sub(1))) / 60.0
}

const fn ends(tally: Tally) -> u64 {
    tally.completed + tally.failed + tally.cancelled + tally.stalled + tally.dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u64, seconds: u64) -> Timestamp {
        Timestamp::from_millis(minute * MINUTE + seconds * 1_000)
    }

    #[test]
    fn the_last_minute_slides() {
        let tally = |minute| match minute {
            9 => Some(Tally { completed: 60, ..Tally::default() }),
            10 => Some(Tally { completed: 30, failed: 30, submitted: 999, retried: 5, ..Tally::default() }),
            _ => None,
        };
        let rate = |time| Rate::over(1, time, tally);
        assert_eq!(rate(at(10, 30)), Rate { throughput: 1.5, failure_rate: Some(0.3333) });
        assert_eq!(rate(at(11, 0)), Rate { throughput: 1.0, failure_rate: Some(0.5) });
        assert_eq!(rate(at(11, 45)), Rate { throughput: 0.25, failure_rate: Some(0.5) });
        assert_eq!(rate(at(12, 0)), Rate { throughput: 0.0, failure_rate: None });
    }

    #[test]
    fn the_last_hour_has_sixty_minutes() {
        let tally = |minute| (100..=160).contains(&minute).then_some(Tally { dropped: 60, ..Tally::default() });
        assert_eq!(Rate::over(60, at(160, 30), tally).throughput, 1.0083);
        assert_eq!(Rate::over(60, at(161, 0), tally).throughput, 1.0);
        assert_eq!(Rate::over(60, at(3, 0), tally).throughput, 0.0, "soon after the beginning of time");
    }

    #[test]
    fn starts_slide_as_well() {
        let tally = |minute| match minute {
            9 => Some(Tally { started: 60, ..Tally::default() }),
            10 => Some(Tally { started: 30, ..Tally::default() }),
            _ => None,
        };
        assert_eq!([at(10, 30), at(10, 0), at(12, 0)].map(|time| starts(time, tally)), [1.0, 1.5, 0.0]);
    }
}
