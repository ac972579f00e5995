use std::time::Duration;

use jobbers_core::model::Timestamp;

/// Longest duration that is taken: a hundred years.
const LONGEST: f64 = 3_153_600_000.0;

/// Reads a duration: seconds, or a number with `ms`, `s`, `m`, `h` or `d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return Err(not_a_duration()),
    };
    let seconds = number.parse::<f64>().map_err(|_| not_a_duration())? * unit;
    if (0.0..=LONGEST).contains(&seconds) { Ok(Duration::from_secs_f64(seconds)) } else { Err(not_a_duration()) }
}

fn not_a_duration() -> String {
    "a number of seconds is expected, or one with its unit, such as 500ms, 90s, 5m, 2h or 1d".to_owned()
}

/// A time, absolute or from now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Moment {
    At(String),
    Away(Duration),
}

/// Reads a time, or a duration.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(away) = duration(text) {
        return Ok(Moment::Away(away));
    }
    time(text).map(Moment::At).map_err(|_| {
        "a time is expected (RFC 3339 with an offset, such as 2030-01-01T08:00:00Z), or a duration such as 90s, 5m, 2h \
         or 1d"
            .to_owned()
    })
}

/// Reads a time.
pub(crate) fn time(text: &str) -> Result<String, String> {
    match Timestamp::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("RFC 3339 with an offset is expected, such as 2030-01-01T08:00:00Z".to_owned()),
    }
}

impl Moment {
    /// As the manager reads it; a duration is taken back from `now`.
    pub(crate) fn before(&self, now: Timestamp) -> String {
        match self {
            Self::At(time) => time.clone(),
            Self::Away(away) => {
                let away = u64::try_from(away.as_millis()).unwrap_or(u64::MAX);
                Timestamp::from_millis(now.as_millis().saturating_sub(away)).to_string()
            }
        }
    }

    /// As the manager reads it; a duration is counted from `now` on.
    pub(crate) fn after(&self, now: Timestamp) -> String {
        match self {
            Self::At(time) => time.clone(),
            Self::Away(away) => now.after(*away).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit_or_is_in_seconds() {
        for (text, milliseconds) in [
            ("0", 0),
            ("1.5", 1_500),
            ("90s", 90_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("250ms", 250),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "-1", "1w", "m", "5 m", "NaN", "inf", "1e99", "soon", "4000000000"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_time_or_a_duration_from_now() {
        let now = Timestamp::parse("2026-03-12T10:00:00Z").expect("a time");
        let read = |text| moment(text).expect("a moment");
        assert_eq!(read("5m").before(now), "2026-03-12T09:55:00.000Z");
        assert_eq!(read("5m").after(now), "2026-03-12T10:05:00.000Z");
        assert_eq!(read("2026-03-12T11:00:00+01:00").before(now), "2026-03-12T11:00:00+01:00");
        assert!(moment("2026-03-12T11:00:00").is_err_and(|error| error.contains("RFC 3339")));
    }
}
