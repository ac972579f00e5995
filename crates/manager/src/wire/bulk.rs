use std::sync::LazyLock;

use jobbers_core::model::{Status, TaskId};
use jobbers_core::operation::bulk::{Done, MAX_IDS, Outcome, Selection, Wish};
use jobbers_core::operation::schema::Schema;
use jobbers_core::store::Filter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::ToSchema;

use super::fields::{self, Exclusive};
use super::filter::{FilterBody, NAMES, VERSIONS};
use super::submission::whole;
use super::task_ids::{IdText, ids};
use crate::openapi::schemas::Id;
use crate::problem::{Kind, Problem};

/// The body of `POST /tasks/cancel` and `POST /tasks/resubmit`: either `task_ids` or `filter`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkBody {
    #[schemars(length(max = MAX_IDS))]
    task_ids: Option<Vec<IdText>>,
    filter: Option<FilterBody>,
    /// Tasks at the most, 1,000 if not given; only with a filter.
    #[schemars(with = "Option<u32>", range(min = 1, max = MAX_IDS))]
    limit: Option<Number>,
    /// The `next_cursor` of the answer before, to the same filter.
    cursor: Option<String>,
    /// Change nothing; say what would become of each task.
    dry_run: Option<bool>,
}

/// Tasks that a request is about.
#[derive(Debug, PartialEq)]
pub(crate) enum Chosen {
    Ids { ids: Vec<TaskId>, rehearsal: bool },
    Filter(Selection),
}

/// What became of each of the tasks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkReply {
    pub(crate) results: Vec<BulkResult>,
    /// Send it as `cursor`, with the same filter, to go on; null if there is nothing more.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

/// What became of one task, or would become of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkResult {
    #[schema(value_type = Id)]
    task_id: TaskId,
    status: BulkStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BulkStatus {
    Cancelled,
    CancellationRequested,
    Resubmitted,
    NotFound,
    Conflict,
}

const DEFAULT_LIMIT: usize = 1_000;
const ONE_OF_THEM: &str = "send one of them";
/// What says of tasks that they are meant.
const SELECTORS: [&str; 9] = [
    "/task_ids",
    "/filter/status",
    "/filter/queue",
    "/filter/name",
    "/filter/task_name",
    "/filter/version",
    "/filter/task_version",
    "/filter/since",
    "/filter/until",
];
const ONLY_WITH_FILTER: &str = "it goes with a filter only";
const EXCLUSIVE: [Exclusive; 5] = [
    Exclusive { first: "/task_ids", second: "/filter", why: ONE_OF_THEM },
    Exclusive { first: "/task_ids", second: "/limit", why: ONLY_WITH_FILTER },
    Exclusive { first: "/task_ids", second: "/cursor", why: ONLY_WITH_FILTER },
    NAMES,
    VERSIONS,
];

impl BulkBody {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&EXCLUSIVE, &SELECTORS)
    }

    pub(crate) fn read(body: &[u8]) -> Result<Chosen, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<BulkBody>);
        fields::check_few(body)?;
        let Self { task_ids, filter, limit, cursor, dry_run } = fields::read(body, &SCHEMA, &EXCLUSIVE)?;
        let rehearsal = dry_run.unwrap_or_default();
        let nothing = |detail: &str| Err(Problem::new(Kind::NothingSelected, detail));
        let filter = match (task_ids, filter) {
            (Some(texts), _) => {
                return Ok(Chosen::Ids { ids: ids(&texts), rehearsal });
            }
            (None, None) => return nothing("the body says of no task that it is meant: send `task_ids` or a `filter`"),
            (None, Some(filter)) => {
                filter.into_filter().map_err(|wrong| Problem::wrong_fields(Kind::WrongFields, vec![wrong]))?
            }
        };
        if filter == Filter::default() {
            return nothing(
                "the filter is empty, which would mean every task: say at least one of status, queue, name, version, \
                 since and until",
            );
        }
        let limit = limit.as_ref().and_then(whole).and_then(|limit| usize::try_from(limit).ok());
        Ok(Chosen::Filter(Selection { filter, limit: limit.unwrap_or(DEFAULT_LIMIT), cursor, rehearsal }))
    }
}

impl BulkReply {
    pub(crate) fn new(wish: Wish, done: Vec<Done>, next_cursor: Option<String>) -> Self {
        Self { results: done.into_iter().map(|done| BulkResult::new(wish, done)).collect(), next_cursor }
    }
}

impl BulkResult {
    fn new(wish: Wish, Done { id, outcome }: Done) -> Self {
        let (status, detail) = match outcome {
            Outcome::Cancelled => (BulkStatus::Cancelled, None),
            Outcome::CancellationRequested => (BulkStatus::CancellationRequested, None),
            Outcome::Resubmitted => (BulkStatus::Resubmitted, None),
            Outcome::NotFound => (BulkStatus::NotFound, Some("there is no such task".to_owned())),
            Outcome::QueueGone { queue } => (BulkStatus::Conflict, Some(gone(&queue))),
            Outcome::Conflict { now } => (BulkStatus::Conflict, Some(conflict(wish, now))),
        };
        Self { task_id: id, status, detail }
    }
}

fn gone(queue: &str) -> String {
    format!("there is no queue `{queue}` (any more), so it cannot be resubmitted: create it first")
}

fn conflict(wish: Wish, now: Status) -> String {
    match wish {
        Wish::Cancel => format!("it is {now}: only submitted, scheduled and started tasks can be cancelled"),
        Wish::Resubmit { .. } => {
            format!("it is {now}: only failed, stalled, cancelled and dropped tasks can be resubmitted")
        }
    }
}
