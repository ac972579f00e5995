use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Policy;
use jobbers_core::operation::dead_letters::Revived;

use crate::app::App;
use crate::extract::{Admin, ErrorsParams, JsonBody, NoKey, Query, TaskIdInPath, errors_query};
use crate::openapi::problems::{self, Again, AnyIds, Choosing, Header, JsonIn, OneTask, Problems, StoreBatch, Stores};
use crate::problem::Problem;
use crate::wire::{
    DiscardBody, DiscardReply, ErrorGroups, History, RevivalBody, RevivalReply, Spelling, error_groups, task_body,
};

/// How the attempts of a task ended.
///
/// Those that did not complete it, oldest first; of any task, not only of a dead letter.
#[utoipa::path(
    get, path = "/dead-letter-queue/{id}/history", tag = "Look", params(TaskIdInPath),
    responses((status = 200, description = "Its history.", body = History<'static>), Problems::<(OneTask, Stores)>)
)]
pub(crate) async fn show_history(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let task = app.operations()?.get(id.0).await?;
    Ok(Json(History { task_id: task.id, history: crate::wire::history(&task) }).into_response())
}

/// Run dead letters again.
///
/// By their ids, or by at least one of queue, name and version. What is no dead letter (any more) is left alone.
#[utoipa::path(
    post, path = "/dead-letter-queue/resubmit", tag = "Steer",
    request_body(
        content = ref("#/components/schemas/RevivalBody"), content_type = "application/json",
        example = json!({"queue": "default", "task_name": "word_count", "limit": 100})
    ),
    responses(
        (status = 200, description = "Which ones.", body = RevivalReply<'static>),
        Problems::<(JsonIn, Choosing, Header, (StoreBatch, Again, Stores))>
    )
)]
pub(crate) async fn resubmit(
    State(app): State<Arc<App>>,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let Revived { resubmitted, skipped, gone, unfinished, tasks } =
        operations.revive(RevivalBody::read(&body)?).await?;
    let mut policies: Vec<Option<Policy>> = Vec::with_capacity(tasks.len());
    for task in &tasks {
        policies.push(operations.policy(task).await?);
    }
    let body = |(task, policy)| task_body(task, Option::as_ref(policy), Spelling::Older);
    let tasks = tasks.iter().zip(&policies).map(body).collect();
    Ok(Json(RevivalReply { resubmitted, skipped, missing_queues: gone, unfinished, tasks }).into_response())
}

/// Take dead letters out of the dead letter queue.
///
/// They are failed tasks like any other then. Needs scope `admin`.
#[utoipa::path(
    delete, path = "/dead-letter-queue", tag = "Steer",
    request_body(
        content = ref("#/components/schemas/DiscardBody"), content_type = "application/json",
        example = json!({"task_ids": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]})
    ),
    responses(
        (status = 200, description = "Which ones were there.", body = DiscardReply),
        Problems::<(JsonIn, AnyIds, Header, Stores)>
    )
)]
pub(crate) async fn discard(
    State(app): State<Arc<App>>,
    _admin: Admin,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Json<DiscardReply>, Problem> {
    let ids = DiscardBody::read(&body)?;
    let discarded = app.operations()?.discard(&ids).await?;
    Ok(Json(discarded.into()))
}

/// Group dead letters by their errors.
///
/// Errors of a type are alike if their messages are, but for what varies: words with digits, and what is quoted. The
/// largest groups first.
#[utoipa::path(
    get, path = "/dead-letter-queue/errors", tag = "Look", params(ErrorsParams),
    responses(
        (status = 200, description = "The groups.", body = ErrorGroups<'static>),
        Problems::<(problems::Query, Stores)>
    )
)]
pub(crate) async fn errors(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let groups = operations.error_groups(&errors_query(&query)?).await?;
    Ok(Json(error_groups(&groups)).into_response())
}
