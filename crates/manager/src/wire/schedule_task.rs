use std::sync::LazyLock;

use jobbers_core::model::Timestamp;
use jobbers_core::operation::schema::Schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

use super::NewTask;
use super::fields::{self, Exclusive};
use super::submission;
use super::task::{OlderTask, TaskBody};
use crate::openapi::schemas::Time;
use crate::problem::Problem;

/// The body of `POST /schedule-task`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduleBody {
    task: TaskToSchedule,
    /// Not before this time: RFC 3339 with an offset.
    #[schemars(extend("format" = "time"))]
    run_at: String,
}

/// As the body of `POST /tasks`, but the time stands outside of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct TaskToSchedule {
    #[schemars(extend("format" = "name"))]
    name: String,
    /// 0 if not given.
    #[schemars(with = "Option<u32>", range(min = 0, max = u32::MAX))]
    version: Option<Number>,
    #[schemars(extend("format" = "name"))]
    queue: Option<String>,
    #[schemars(with = "Option<Map<String, Value>>")]
    parameters: Option<Box<RawValue>>,
    /// The same as `parameters`.
    #[schemars(with = "Option<Map<String, Value>>")]
    params: Option<Box<RawValue>>,
    #[schemars(extend("format" = "task-id"))]
    id: Option<String>,
    #[schemars(with = "Option<u8>", range(min = 0, max = 9))]
    priority: Option<Number>,
    #[schemars(extend("format" = "time"))]
    expires_at: Option<String>,
    #[schemars(with = "Option<Map<String, Value>>")]
    metadata: Option<Box<RawValue>>,
}

/// The reply to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scheduled<'t> {
    pub(crate) message: &'static str,
    #[schema(value_type = OlderTask)]
    pub(crate) task: TaskBody<'t>,
    /// When it was asked to run.
    #[schema(value_type = Time)]
    pub(crate) run_at: Timestamp,
}

const SPELLINGS: Exclusive = Exclusive {
    first: "/task/parameters",
    second: "/task/params",
    why: "they are two spellings of the same, send one",
};
const TIME_ELSEWHERE: &str = "the time stands outside of the task";
const TIMES: [Exclusive; 4] = [
    Exclusive { first: "/run_at", second: "/delay", why: "a task is scheduled for a time" },
    Exclusive { first: "/run_at", second: "/task/run_at", why: TIME_ELSEWHERE },
    Exclusive { first: "/run_at", second: "/task/delay", why: TIME_ELSEWHERE },
    SPELLINGS,
];

impl ScheduleBody {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&TIMES, &[])
    }

    /// The submission, and when it shall run.
    pub(crate) fn read(body: &[u8], max_parameters: usize) -> Result<(NewTask, Timestamp), Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<ScheduleBody>);
        submission::check_body_size(body, max_parameters)?;
        let Self { task, run_at } = fields::read(body, &SCHEMA, &TIMES)?;
        let time = Timestamp::parse(&run_at).unwrap_or_default();
        let new = NewTask {
            name: task.name,
            version: task.version.unwrap_or_else(|| Number::from(0)),
            queue: task.queue,
            parameters: task.parameters,
            params: task.params,
            id: task.id,
            run_at: Some(run_at),
            delay: None,
            priority: task.priority,
            expires_at: task.expires_at,
            metadata: task.metadata,
        };
        new.check_size("/task", max_parameters)?;
        Ok((new, time))
    }
}
