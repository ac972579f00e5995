use serde::{Deserialize, Serialize};

/// At most `numerator` starts in any window of `denominator` periods. Nothing starts while the numerator is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    pub numerator: u32,
    /// At least 1.
    pub denominator: u32,
    pub period: Period,
}

/// What a rate limit counts in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Second,
    Minute,
    Hour,
    Day,
    /// One that this client does not know: the manager is newer.
    #[serde(untagged)]
    Other(String),
}
