//! Values in a manifest that are more than TOML says. What is wrong is told at the place where it stands.

use std::time::Duration;

use serde::de::{Deserializer, Error, IgnoredAny};
use serde::{Deserialize, de};

/// A whole number, or `"none"` for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit(pub(super) Option<u32>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Limit;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number from 1, or \"none\"")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Limit, E> {
                let limit = u32::try_from(number).ok().filter(|number| *number > 0);
                limit
                    .map(|limit| Limit(Some(limit)))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Limit, E> {
                if text == "none" { Ok(Limit(None)) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Seconds from 0 to a hundred years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seconds(pub(super) Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const MOST: f64 = 100.0 * 365.0 * 86_400.0;
        let number = f64::deserialize(deserializer)?;
        if !(0.0..=MOST).contains(&number) {
            return Err(D::Error::custom(format!("{number} is not a number of seconds from 0 to {MOST}")));
        }
        Ok(Self(Duration::from_secs_f64(number)))
    }
}

/// Seconds, more than 0.
pub(super) fn some_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Seconds>, D::Error> {
    let seconds = Seconds::deserialize(deserializer)?;
    if seconds.0.is_zero() {
        return Err(D::Error::custom("0 seconds are none at all; leave it out for no limit"));
    }
    Ok(Some(seconds))
}

/// A number that is not negative.
pub(super) fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number.is_finite() && number >= 0.0 {
        return Ok(Some(number));
    }
    Err(D::Error::custom(format!("{number} is not a number from 0")))
}

/// Bytes, as a number or with a unit.
pub(super) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a number of bytes, or a text such as \"512MiB\"")]
    enum Bytes {
        Number(u64),
        Text(String),
    }
    let (number, unit) = match Bytes::deserialize(deserializer)? {
        Bytes::Number(number) => (Some(number), 1),
        Bytes::Text(text) => {
            let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
            let found = units.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)));
            let (digits, unit) = found.unwrap_or((&text, 1));
            (digits.trim().parse().ok(), unit)
        }
    };
    let bytes = number.and_then(|number: u64| number.checked_mul(unit)).filter(|bytes| *bytes > 0);
    bytes.map(Some).ok_or_else(|| D::Error::custom("expected a number of bytes, or a text such as \"512MiB\""))
}

/// An option that is promised for later.
#[derive(Debug)]
pub(super) struct NotBuiltYet;

impl<'de> Deserialize<'de> for NotBuiltYet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        Err(D::Error::custom("this option is not built yet"))
    }
}
