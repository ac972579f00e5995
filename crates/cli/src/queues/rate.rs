use jobbers_client::{Period, RateLimit};

/// A rate limit as it is given; none = unlimited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rate(pub(super) Option<RateLimit>);

const EXPECTED: &str = "so many starts in a period are expected, such as 100/hour, 5/10s or 1000/2 days, or none";

/// A rate limit as it is written on the command line.
pub(super) fn rate(text: &str) -> Result<Rate, String> {
    if text == "none" {
        return Ok(Rate(None));
    }
    let wrong = || EXPECTED.to_owned();
    let (starts, window) = text.split_once('/').ok_or_else(wrong)?;
    let window = window.trim();
    let unit = window.find(|sign: char| !sign.is_ascii_digit()).ok_or_else(wrong)?;
    let (count, unit) = window.split_at(unit);
    let denominator = if count.is_empty() { 1 } else { count.parse().map_err(|_| wrong())? };
    let period = period(unit.trim()).ok_or_else(wrong)?;
    let numerator = starts.trim().parse().map_err(|_| wrong())?;
    match denominator {
        0 => Err(wrong()),
        _ => Ok(Rate(Some(RateLimit { numerator, denominator, period }))),
    }
}

fn period(unit: &str) -> Option<Period> {
    match unit {
        "s" | "sec" | "second" | "seconds" => Some(Period::Second),
        "m" | "min" | "minute" | "minutes" => Some(Period::Minute),
        "h" | "hour" | "hours" => Some(Period::Hour),
        "d" | "day" | "days" => Some(Period::Day),
        _ => None,
    }
}

/// The same, as it is shown.
pub(super) fn shown(rate: Option<&RateLimit>) -> String {
    let Some(RateLimit { numerator, denominator, period }) = rate else { return "none".to_owned() };
    let (one, short) = match period {
        Period::Second => ("second", "s"),
        Period::Minute => ("minute", "m"),
        Period::Hour => ("hour", "h"),
        Period::Day => ("day", "d"),
        Period::Other(other) => (other.as_str(), other.as_str()),
    };
    match denominator {
        1 => format!("{numerator}/{one}"),
        many => format!("{numerator}/{many}{short}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_shown() {
        for text in ["none", "100/hour", "5/10s", "0/second", "1000/2d", "7/minute", "50000/3m", "1/90h"] {
            let Rate(rate) = rate(text).expect(text);
            assert_eq!(shown(rate.as_ref()), text);
        }
    }

    #[test]
    fn units_have_several_spellings() {
        for (text, as_shown) in
            [("100/h", "100/hour"), ("3/1 day", "3/day"), ("3 / 2 days", "3/2d"), ("1/60sec", "1/60s")]
        {
            assert_eq!(rate(text).map(|Rate(rate)| shown(rate.as_ref())).as_deref(), Ok(as_shown));
        }
        for text in ["", "100", "100/", "/hour", "100/week", "-1/hour", "1.5/hour", "1/0s", "1/2", "1/-2s", "a/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
