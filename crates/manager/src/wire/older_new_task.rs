use std::sync::LazyLock;

use jobbers_core::operation::schema::Schema;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::NewTask;
use super::fields;
use super::new_task::SPELLINGS;
use super::submission;
use crate::problem::Problem;

/// The body of `POST /submit-task`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OlderNewTask {
    #[schemars(extend("format" = "task-id"))]
    id: Option<String>,
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
}

impl OlderNewTask {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&[SPELLINGS], &[])
    }

    pub(crate) fn read(body: &[u8], max_parameters: usize) -> Result<NewTask, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<OlderNewTask>);
        submission::check_body_size(body, max_parameters)?;
        let Self { id, name, version, queue, parameters, params } = fields::read(body, &SCHEMA, &[SPELLINGS])?;
        let new = NewTask {
            name,
            version: version.unwrap_or_else(|| Number::from(0)),
            queue,
            parameters,
            params,
            id,
            run_at: None,
            delay: None,
            priority: None,
            expires_at: None,
            metadata: None,
        };
        new.check_size("", max_parameters)?;
        Ok(new)
    }
}
