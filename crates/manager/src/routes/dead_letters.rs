use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Policy;
use jobbers_core::operation::dead_letters::Revived;

use crate::app::App;
use crate::extract::{JsonBody, NoKey, TaskIdInPath};
use crate::openapi::problems::{Choosing, Header, JsonIn, OneTask, Problems, StoreBatch, Stores};
use crate::problem::Problem;
use crate::wire::{History, RevivalBody, RevivalReply, Spelling, task_body};

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
/// By their ids, or by at least one of queue, name and version.
#[utoipa::path(
    post, path = "/dead-letter-queue/resubmit", tag = "Steer",
    request_body(
        content = ref("#/components/schemas/RevivalBody"), content_type = "application/json",
        example = json!({"queue": "default", "task_name": "word_count", "limit": 100})
    ),
    responses(
        (status = 200, description = "Which ones.", body = RevivalReply<'static>),
        Problems::<(JsonIn, Choosing, Header, (StoreBatch, Stores))>
    )
)]
pub(crate) async fn resubmit(
    State(app): State<Arc<App>>,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let Revived { resubmitted, skipped, tasks } = operations.revive(RevivalBody::read(&body)?).await?;
    let mut policies: Vec<Option<Policy>> = Vec::with_capacity(tasks.len());
    for task in &tasks {
        policies.push(operations.policy(task).await?);
    }
    let body = |(task, policy)| task_body(task, Option::as_ref(policy), Spelling::Older);
    let tasks = tasks.iter().zip(&policies).map(body).collect();
    Ok(Json(RevivalReply { resubmitted, skipped, tasks }).into_response())
}
