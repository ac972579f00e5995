use serde::Serialize;

use super::Status;

/// Which tasks; what is none lets every task through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Who has it: only with status started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// Not before this time, RFC 3339 with an offset: of its submission; when it is due (scheduled); of its start
    /// (started); of its end (ended).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Before this time, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Filter {
    /// Only tasks of this status.
    pub fn status(status: Status) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Whether it lets every task through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
