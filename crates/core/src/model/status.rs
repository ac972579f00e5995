use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a task is in its life. At every instant a stored task has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not stored yet.
    Unsubmitted,
    /// Waiting in a lane for a worker.
    Submitted,
    /// Waiting for its time.
    Scheduled,
    /// A worker runs it under a lease.
    Started,
    Completed,
    Failed,
    Cancelled,
    /// Fell silent, or was stopped at shutdown; for a person to look at.
    Stalled,
    /// No worker had code for it.
    Dropped,
}

impl Status {
    pub const ALL: [Self; 9] = [
        Self::Unsubmitted,
        Self::Submitted,
        Self::Scheduled,
        Self::Started,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Stalled,
        Self::Dropped,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsubmitted => "unsubmitted",
            Self::Submitted => "submitted",
            Self::Scheduled => "scheduled",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stalled => "stalled",
            Self::Dropped => "dropped",
        }
    }

    /// Whether nothing more happens to the task by itself.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Unsubmitted | Self::Submitted | Self::Scheduled | Self::Started => false,
            Self::Completed | Self::Failed | Self::Cancelled | Self::Stalled | Self::Dropped => true,
        }
    }

    /// One byte for stores and messages.
    pub const fn code(self) -> u8 {
        match self {
            Self::Unsubmitted => b'U',
            Self::Submitted => b'W',
            Self::Scheduled => b'L',
            Self::Started => b'R',
            Self::Completed => b'C',
            Self::Failed => b'F',
            Self::Cancelled => b'X',
            Self::Stalled => b'T',
            Self::Dropped => b'D',
        }
    }

    /// The status that [`code`](Self::code) stands for.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
        assert_eq!(Status::from_code(0), None);
    }
}
