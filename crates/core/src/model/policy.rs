use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::PolicyRef;

/// How the delay before a retry grows. `n` is 1 for the first retry, `d` the base delay, `f` the factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backoff {
    /// `d`
    Constant,
    /// `d × n`
    Linear,
    /// `d × fⁿ`
    #[default]
    Exponential,
    /// uniform in `[0, d × fⁿ]`
    ExponentialJitter,
}

/// What becomes of a task that failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetter {
    #[default]
    None,
    /// It is kept in the dead letter queue.
    Save,
}

/// What becomes of a running task when its worker is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnShutdown {
    /// Interrupted and stalled.
    #[default]
    Stop,
    /// Interrupted and queued again; no retry is spent.
    Resubmit,
    /// Runs to its end.
    Continue,
}

/// How tasks of a type are treated. Stored once by fingerprint; a record refers to it from its first start on.
/// Durations are seconds on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Retries after the first failure.
    pub max_retries: u32,
    /// Base delay; none = retry at once, 0 = through the scheduler.
    #[serde(with = "optional_seconds", skip_serializing_if = "Option::is_none")]
    pub retry_delay: Option<Duration>,
    pub backoff: Backoff,
    pub backoff_factor: f64,
    /// Lengthens a delay at random: up to 1 by that part of it, above 1 by that many seconds at the most.
    pub retry_jitter: f64,
    #[serde(with = "seconds")]
    pub max_retry_delay: Duration,
    /// What an attempt may take.
    #[serde(with = "optional_seconds", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    pub dead_letter: DeadLetter,
    /// Silence after which the task is stalled.
    #[serde(with = "optional_seconds", skip_serializing_if = "Option::is_none")]
    pub max_heartbeat_interval: Option<Duration>,
    /// Per worker; none = unlimited.
    pub max_concurrent: Option<u32>,
    /// Over all workers; none = unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrent_total: Option<u32>,
    pub on_shutdown: OnShutdown,
    /// From asking a handler to stop until its worker gives up on it.
    #[serde(with = "seconds")]
    pub cancel_grace: Duration,
    /// Workers that may die under a task until it is taken out.
    pub max_lost: u32,
    /// Fields of parameters and result that are never shown or logged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redact: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_retries: 3,
            retry_delay: None,
            backoff: Backoff::default(),
            backoff_factor: 2.0,
            retry_jitter: 0.0,
            max_retry_delay: Duration::from_secs(3600),
            timeout: None,
            dead_letter: DeadLetter::default(),
            max_heartbeat_interval: None,
            max_concurrent: Some(1),
            max_concurrent_total: None,
            on_shutdown: OnShutdown::default(),
            cancel_grace: Duration::from_secs(10),
            max_lost: 3,
            redact: Vec::new(),
        }
    }
}

impl Policy {
    /// What refers to this policy: the first bytes of the SHA-256 of its JSON, the same in every process.
    pub fn reference(&self) -> PolicyRef {
        let json = serde_json::to_vec(self).expect("a policy is plain data");
        let mut first = [0; PolicyRef::LEN];
        first.copy_from_slice(&Sha256::digest(&json)[..PolicyRef::LEN]);
        PolicyRef::from_bytes(first)
    }
}

/// A duration as a number of seconds.
mod seconds {
    use super::{Deserialize, Duration};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        if duration.subsec_nanos() == 0 {
            serializer.serialize_u64(duration.as_secs())
        } else {
            serializer.serialize_f64(duration.as_secs_f64())
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

mod optional_seconds {
    use super::{Deserialize, Duration, seconds};
    use serde::{Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(super) fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => seconds::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Option::<f64>::deserialize(deserializer)?
            .map(|number| Duration::try_from_secs_f64(number).map_err(serde::de::Error::custom))
            .transpose()
    }
}
