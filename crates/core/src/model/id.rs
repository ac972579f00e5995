use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use super::Timestamp;

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a task id: {expected}")]
pub struct InvalidId {
    text: String,
    expected: &'static str,
}

/// The id of a task: a ULID, 48 bits of milliseconds and 80 bits of randomness.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(Ulid);

impl TaskId {
    /// Length of the binary form.
    pub const LEN: usize = 16;

    /// Builds an id from a time in milliseconds since 1970 and 80 random bits (the rest of `random` is ignored).
    pub const fn from_parts(milliseconds: u64, random: u128) -> Self {
        Self(Ulid::from_parts(milliseconds, random))
    }

    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(Ulid::from_bytes(bytes))
    }

    pub const fn to_bytes(self) -> [u8; Self::LEN] {
        self.0.to_bytes()
    }

    /// The time that the id carries: when it was made, if whoever made it says the truth.
    pub const fn timestamp(self) -> Timestamp {
        Timestamp::from_millis(self.0.timestamp_ms())
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for TaskId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let expected = "a ULID has 26 characters of 0-9 and A-Z without I, L, O, U, and begins with 0 to 7";
        let begins_in_range = text.as_bytes().first().is_some_and(|first| (b'0'..=b'7').contains(first));
        if text.len() == 26
            && begins_in_range
            && let Ok(ulid) = Ulid::from_string(text)
        {
            return Ok(Self(ulid));
        }
        let text = text.chars().take(64).collect();
        Err(InvalidId { text, expected })
    }
}

impl Serialize for TaskId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Eight opaque bytes, shown as 16 hexadecimal digits.
macro_rules! eight_bytes {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name([u8; 8]);

        impl $name {
            /// Length of the binary form.
            pub const LEN: usize = 8;

            pub const fn from_bytes(bytes: [u8; 8]) -> Self {
                Self(bytes)
            }

            pub const fn to_bytes(self) -> [u8; 8] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", u64::from_be_bytes(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match u64::from_str_radix(text, 16) {
                    Ok(number) if text.len() == 16 && !text.starts_with('+') => Ok(Self(number.to_be_bytes())),
                    _ => Err(InvalidId { text: text.chars().take(64).collect(), expected: "16 hexadecimal digits" }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

eight_bytes! {
    /// A process that is alive: random, made at its start, never used again.
    WorkerId
}
eight_bytes! {
    /// The right to end one attempt of one task: fresh with every claim.
    Token
}
eight_bytes! {
    /// Refers to a stored [`Policy`](super::Policy) by its fingerprint.
    PolicyRef
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_id_is_read_back_from_its_text() {
        let id = TaskId::from_parts(1_700_000_000_000, 42);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(TaskId::from_bytes(id.to_bytes()), id);
    }

    #[test]
    fn malformed_task_ids_are_refused() {
        for text in [
            "",
            "1",
            "81JBKR2E5F3G4H5J6K7L8M9N0P",
            "01JBKR2E5F3G4H5J6K7L8M9N0U",
            "01JBKR2E5F3G4H5J6K7L8M9N0P0",
            "ü1JBKR2E5F3G4H5J6K7L8M9N0",
        ] {
            assert!(text.parse::<TaskId>().is_err(), "{text}");
        }
    }

    #[test]
    fn worker_id_is_read_back_from_its_text() {
        let worker = WorkerId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(worker.to_string(), "0001020304050607");
        assert_eq!(worker.to_string().parse(), Ok(worker));
        assert!("+001020304050607".parse::<WorkerId>().is_err());
    }
}
