use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a task is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Submitted,
    Scheduled,
    Started,
    Completed,
    Failed,
    Cancelled,
    Stalled,
    Dropped,
    /// One that this client does not know: the manager is newer.
    #[serde(untagged)]
    Other(String),
}

impl Status {
    /// Whether the task has ended: only a resubmission changes that.
    pub const fn has_ended(&self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled | Self::Stalled | Self::Dropped => true,
            Self::Submitted | Self::Scheduled | Self::Started | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submitted => "submitted",
            Self::Scheduled => "scheduled",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stalled => "stalled",
            Self::Dropped => "dropped",
            Self::Other(name) => name,
        })
    }
}
