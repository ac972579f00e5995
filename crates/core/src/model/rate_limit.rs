use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// At most `numerator` starts in any window of `denominator` periods. Nothing starts while the numerator is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RateLimit {
    pub numerator: u32,
    /// At least 1.
    pub denominator: u32,
    pub period: Period,
}

/// What a rate limit counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Second,
    Minute,
    Hour,
    Day,
}

impl RateLimit {
    /// How long the window is.
    pub const fn window(self) -> Duration {
        let periods = if self.denominator == 0 { 1 } else { self.denominator as u64 };
        Duration::from_secs(self.period.seconds() * periods)
    }
}

impl fmt::Display for RateLimit {
    /// `100 per 2 seconds`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { numerator, denominator, period } = self;
        match denominator {
            1 => write!(f, "{numerator} per {period}"),
            many => write!(f, "{numerator} per {many} {period}s"),
        }
    }
}

impl Period {
    pub const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    const fn seconds(self) -> u64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Not a period that there is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period: second, minute, hour and day are")]
pub struct InvalidPeriod(String);

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(name: &str) -> Result<Self, InvalidPeriod> {
        let found = Self::ALL.into_iter().find(|period| period.name() == name);
        found.ok_or_else(|| InvalidPeriod(name.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_as_many_periods_as_the_denominator_says() {
        let limit = |denominator, period| RateLimit { numerator: 100, denominator, period };
        assert_eq!(limit(2, Period::Second).window(), Duration::from_secs(2));
        assert_eq!(limit(1, Period::Day).window(), Duration::from_secs(86_400));
        assert_eq!(limit(u32::MAX, Period::Day).window().as_secs(), 86_400 * u64::from(u32::MAX));
        assert_eq!(limit(2, Period::Second).to_string(), "100 per 2 seconds");
        assert_eq!(limit(1, Period::Hour).to_string(), "100 per hour");
    }

    #[test]
    fn periods_are_known_by_their_names() {
        for period in Period::ALL {
            assert_eq!(period.name().parse(), Ok(period));
        }
        assert!("week".parse::<Period>().is_err());
    }
}
