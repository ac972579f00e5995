use std::sync::LazyLock;

use jobbers_core::model::TaskId;
use jobbers_core::operation::bulk::MAX_IDS;
use jobbers_core::operation::dead_letters::{Revival, Which};
use jobbers_core::operation::schema::Schema;
use jobbers_core::store::{Filter, MAX_LISTED};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::ToSchema;

use super::fields::{self, Exclusive};
use super::submission::whole;
use super::task::{AttemptBody, OlderTask, TaskBody};
use super::task_ids::{IdText, ids};
use crate::openapi::schemas::Id;
use crate::problem::{Kind, Problem};

/// The body of `POST /dead-letter-queue/resubmit`: `task_ids`, or at least one of the others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevivalBody {
    #[schemars(length(max = MAX_IDS))]
    task_ids: Option<Vec<IdText>>,
    #[schemars(extend("format" = "name"))]
    queue: Option<String>,
    #[schemars(extend("format" = "name"))]
    task_name: Option<String>,
    #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
    task_version: Option<Number>,
    /// They have all their retries again; true if not given.
    reset_retry_count: Option<bool>,
    /// Dead letters at the most, 100 if not given; the newest first.
    #[schemars(with = "Option<u32>", range(min = 1, max = MAX_LISTED))]
    limit: Option<Number>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevivalReply<'t> {
    pub(crate) resubmitted: usize,
    /// Unknown ones, such as are no dead letters (any more), and such as would wait in a queue that does not exist.
    pub(crate) skipped: usize,
    /// These queues, if there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) missing_queues: Vec<String>,
    /// The time was over before the limit was reached or there were no more: send it again to go on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) unfinished: bool,
    #[schema(value_type = Vec<OlderTask>)]
    pub(crate) tasks: Vec<TaskBody<'t>>,
}

/// The reply of `GET /dead-letter-queue/{id}/history`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct History<'t> {
    #[schema(value_type = Id)]
    pub(crate) task_id: TaskId,
    /// Oldest first.
    pub(crate) history: Vec<AttemptBody<'t>>,
}

const DEFAULT_LIMIT: usize = 100;
const ONE_OF_THEM: &str = "send one of them";
/// What says of dead letters that they are meant.
const SELECTORS: [&str; 4] = ["/task_ids", "/queue", "/task_name", "/task_version"];
const EXCLUSIVE: [Exclusive; 4] = [
    Exclusive { first: "/task_ids", second: "/queue", why: ONE_OF_THEM },
    Exclusive { first: "/task_ids", second: "/task_name", why: ONE_OF_THEM },
    Exclusive { first: "/task_ids", second: "/task_version", why: ONE_OF_THEM },
    Exclusive { first: "/task_ids", second: "/limit", why: "it goes without task_ids only" },
];

impl RevivalBody {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&EXCLUSIVE, &SELECTORS)
    }

    pub(crate) fn read(body: &[u8]) -> Result<Revival, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<RevivalBody>);
        fields::check_few(body)?;
        let body: Self = fields::read(body, &SCHEMA, &EXCLUSIVE)?;
        let version = body.task_version.as_ref().and_then(whole);
        let filter = Filter {
            queue: body.queue,
            name: body.task_name,
            version: version.and_then(|version| u32::try_from(version).ok()),
            ..Filter::default()
        };
        let which = match body.task_ids {
            Some(texts) => Which::Ids(ids(&texts)),
            None if filter == Filter::default() => {
                let detail = "the body says of no dead letter that it is meant: send `task_ids`, or at least one of \
                              `queue`, `task_name` and `task_version`";
                return Err(Problem::new(Kind::NothingSelected, detail));
            }
            None => {
                let limit = body.limit.as_ref().and_then(whole).and_then(|limit| usize::try_from(limit).ok());
                Which::Filter { filter, limit: limit.unwrap_or(DEFAULT_LIMIT) }
            }
        };
        Ok(Revival { which, reset_failures: body.reset_retry_count.unwrap_or(true) })
    }
}
