use jobbers_core::model::{Status, Timestamp};
use jobbers_core::operation::WrongField;
use jobbers_core::store::Filter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::fields::Exclusive;
use super::submission::whole;

/// The statuses that a stored task can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum StoredStatus {
    Submitted,
    Scheduled,
    Started,
    Completed,
    Failed,
    Cancelled,
    Stalled,
    Dropped,
}

/// Which tasks: what is left out lets every task through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub(crate) struct FilterBody {
    status: Option<StoredStatus>,
    #[schemars(extend("format" = "name"))]
    queue: Option<String>,
    #[schemars(extend("format" = "name"))]
    name: Option<String>,
    /// The same as `name`.
    #[schemars(extend("format" = "name"))]
    task_name: Option<String>,
    #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
    version: Option<Number>,
    /// The same as `version`.
    #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
    task_version: Option<Number>,
    /// Who has it; only with status started.
    #[schemars(extend("format" = "worker-id"))]
    worker: Option<String>,
    /// Not before this time (submitted; due; started; ended: what the status is about), RFC 3339 with an offset.
    #[schemars(extend("format" = "time"))]
    since: Option<String>,
    /// Before this time, likewise.
    #[schemars(extend("format" = "time"))]
    until: Option<String>,
}

const SAME: &str = "they are two spellings of the same, send one";
pub(super) const NAMES: Exclusive = Exclusive { first: "/filter/name", second: "/filter/task_name", why: SAME };
pub(super) const VERSIONS: Exclusive =
    Exclusive { first: "/filter/version", second: "/filter/task_version", why: SAME };

impl From<StoredStatus> for Status {
    fn from(status: StoredStatus) -> Self {
        match status {
            StoredStatus::Submitted => Self::Submitted,
            StoredStatus::Scheduled => Self::Scheduled,
            StoredStatus::Started => Self::Started,
            StoredStatus::Completed => Self::Completed,
            StoredStatus::Failed => Self::Failed,
            StoredStatus::Cancelled => Self::Cancelled,
            StoredStatus::Stalled => Self::Stalled,
            StoredStatus::Dropped => Self::Dropped,
        }
    }
}

impl FilterBody {
    /// The schema has been checked, so only what it cannot say can be wrong here.
    pub(super) fn into_filter(self) -> Result<Filter, WrongField> {
        let time = |text: Option<String>| text.and_then(|text| Timestamp::parse(&text).ok());
        let version = self.version.or(self.task_version);
        let filter = Filter {
            status: self.status.map(Status::from),
            dead: false,
            queue: self.queue,
            name: self.name.or(self.task_name),
            version: version.as_ref().and_then(whole).and_then(|version| u32::try_from(version).ok()),
            worker: self.worker.and_then(|worker| worker.parse().ok()),
            since: time(self.since),
            until: time(self.until),
        };
        if filter.worker.is_some() && filter.status != Some(Status::Started) {
            let detail = "selects among the tasks that run: send \"status\": \"started\" as well";
            return Err(WrongField::new("/filter/worker", detail));
        }
        Ok(filter)
    }
}
