use std::time::Duration;

use jobbers_core::model::Timestamp;

use super::Look;

/// A duration in a few characters.
pub(crate) fn span(duration: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match duration.as_secs() {
        0 if duration.is_zero() => "0s".to_owned(),
        0 => format!("{}ms", duration.as_millis().max(1)),
        seconds if seconds < 10 => format!("{:.1}s", duration.as_secs_f64()),
        seconds if seconds < 2 * MINUTE => format!("{seconds}s"),
        seconds if seconds < 2 * HOUR => format!("{}m", seconds / MINUTE),
        seconds if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        seconds => format!("{}d", seconds / DAY),
    }
}

/// How long ago a time is, or how far ahead.
pub(crate) fn age(time: &str, now: Timestamp) -> String {
    match Timestamp::parse(time) {
        Ok(time) if time > now => format!("in {}", whole(time.since(now))),
        Ok(time) => format!("{} ago", whole(now.since(time))),
        Err(_) => time.to_owned(),
    }
}

/// In whole seconds: nobody cares for more, and clocks differ.
fn whole(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds < 120 => format!("{seconds}s"),
        seconds => span(Duration::from_secs(seconds)),
    }
}

/// A time as a cell: its age on a terminal, else as it is.
pub(crate) fn moment(time: Option<&str>, look: &Look) -> String {
    match (time, look.now) {
        (Some(time), Some(now)) => age(time, now),
        (Some(time), None) => time.to_owned(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_the_unit_that_says_enough() {
        for (milliseconds, text) in [
            (0, "0s"),
            (7, "7ms"),
            (999, "999ms"),
            (1_250, "1.2s"),
            (59_000, "59s"),
            (119_000, "119s"),
            (120_000, "2m"),
            (7_199_000, "119m"),
            (7_200_000, "2h"),
            (172_800_000, "2d"),
        ] {
            assert_eq!(span(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn an_age_looks_both_ways() {
        let now = Timestamp::parse("2026-03-12T10:00:00Z").expect("a time");
        assert_eq!(age("2026-03-12T09:57:00.000Z", now), "3m ago");
        assert_eq!(age("2026-03-12T09:59:59.600Z", now), "0s ago");
        assert_eq!(age("2026-03-12T11:30:00+01:00", now), "in 30m");
        assert_eq!(age("soon", now), "soon");
    }
}
