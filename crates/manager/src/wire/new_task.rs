use std::sync::LazyLock;

use jobbers_core::operation::schema::Schema;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::fields::{self, Exclusive};
use super::plain::plain;
use super::submission;
use crate::problem::Problem;

/// The body of `POST /tasks`: everything that a client can say about a new task, and nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTask {
    #[schemars(extend("format" = "name"))]
    pub(super) name: String,
    #[schemars(with = "u32", range(min = 0, max = u32::MAX))]
    pub(super) version: Number,
    /// Else the task type's queue, else `default`.
    #[schemars(extend("format" = "name"))]
    pub(super) queue: Option<String>,
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) parameters: Option<Box<RawValue>>,
    /// The same as `parameters`.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) params: Option<Box<RawValue>>,
    /// A ULID of the client's own: then the submission can be sent again safely.
    #[schemars(extend("format" = "task-id"))]
    pub(super) id: Option<String>,
    /// Not before this time: RFC 3339 with an offset.
    #[schemars(extend("format" = "time"))]
    pub(super) run_at: Option<String>,
    /// Not before this many seconds have passed.
    #[schemars(range(min = 0, max = submission::LONGEST_DELAY))]
    pub(super) delay: Option<f64>,
    /// 0 goes first, 9 last; 5 if not given.
    #[schemars(with = "Option<u8>", range(min = 0, max = 9))]
    pub(super) priority: Option<Number>,
    /// If it has not started by then, it is cancelled: RFC 3339 with an offset, later than when it may start.
    #[schemars(extend("format" = "time"))]
    pub(super) expires_at: Option<String>,
    /// Comes back with the task.
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(super) metadata: Option<Box<RawValue>>,
}

pub(super) const SPELLINGS: Exclusive =
    Exclusive { first: "/parameters", second: "/params", why: "they are two spellings of the same, send one" };
const TIMES: Exclusive = Exclusive { first: "/run_at", second: "/delay", why: "send one of them" };

impl NewTask {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&[SPELLINGS, TIMES], &[])
    }

    pub(crate) fn read(body: &[u8], max_parameters: usize) -> Result<Self, Problem> {
        submission::check_body_size(body, max_parameters)?;
        let new = plain(body).map_or_else(|| Self::read_by_schema(body), Ok)?;
        new.check_size("", max_parameters)?;
        Ok(new)
    }

    /// The body, or everything that is wrong with it.
    pub(super) fn read_by_schema(body: &[u8]) -> Result<Self, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<NewTask>);
        fields::read(body, &SCHEMA, &[SPELLINGS, TIMES])
    }
}
