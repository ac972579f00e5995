use std::sync::LazyLock;

use jobbers_core::model::TaskId;
use jobbers_core::operation::bulk::MAX_IDS;
use jobbers_core::operation::dead_letters::Discarded;
use jobbers_core::operation::schema::Schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields;
use super::task_ids::{IdText, ids};
use crate::openapi::schemas::Id;
use crate::problem::Problem;

/// The body of `DELETE /dead-letter-queue`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscardBody {
    #[schemars(length(max = MAX_IDS))]
    task_ids: Vec<IdText>,
}

/// Dead letters that were taken out of the dead letter queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiscardReply {
    /// How many there were; what was no dead letter is not counted.
    removed: usize,
    #[schema(value_type = Vec<Id>)]
    task_ids: Vec<TaskId>,
}

impl DiscardBody {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&[], &[])
    }

    pub(crate) fn read(body: &[u8]) -> Result<Vec<TaskId>, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<DiscardBody>);
        fields::check_few(body)?;
        let Self { task_ids } = fields::read(body, &SCHEMA, &[])?;
        Ok(ids(&task_ids))
    }
}

impl From<Discarded> for DiscardReply {
    fn from(Discarded { ids }: Discarded) -> Self {
        Self { removed: ids.len(), task_ids: ids }
    }
}
