use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// Why a call has no answer, or which problem is the answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The address or the token cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// Nobody answers at the address; nothing was sent.
    #[error("no manager answers at {url} ({detail})")]
    Unreachable { url: String, detail: String },
    /// The connection broke, or the time was over, before the answer: the call may or may not have happened.
    #[error("{url} gave no answer ({detail})")]
    NoAnswer { url: String, detail: String },
    /// The manager refused the call.
    #[error("{0}")]
    Problem(Problem),
    /// What answered is not a manager, or one that speaks otherwise.
    #[error("{url} answered what a manager does not answer ({detail})")]
    Unexpected { url: String, detail: String },
}

impl Error {
    /// The problem, if the manager told one.
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Configuration(_) | Self::Unreachable { .. } | Self::NoAnswer { .. } | Self::Unexpected { .. } => None,
        }
    }

    /// Whether the same call may succeed later, without anybody's help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::NoAnswer { .. } => true,
            Self::Problem(problem) => matches!(problem.status, 429 | 502..=504),
            Self::Configuration(_) | Self::Unexpected { .. } => false,
        }
    }
}

/// Why the manager refused a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    #[serde(default)]
    pub title: String,
    pub detail: String,
    /// What is wrong with which field of the body.
    #[serde(default)]
    pub errors: Vec<WrongField>,
    /// When to try again, if the manager said so.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WrongField {
    /// Where in the body, as a JSON pointer.
    pub pointer: String,
    pub detail: String,
}

impl fmt::Display for Problem {
    /// The detail; it names the first wrong fields itself. Further ones follow, a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        for field in self.errors.iter().filter(|field| !self.detail.contains(&field.detail)) {
            write!(f, "\n  {} {}", field.pointer, field.detail)?;
        }
        Ok(())
    }
}
