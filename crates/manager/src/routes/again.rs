use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Task;
use jobbers_core::operation::Operations;

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::openapi::problems::{Again, Change, OneTask, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{Spelling, TaskBody, task_body};

/// Run an ended task again.
///
/// A failed, stalled, cancelled or dropped task is submitted again. What became of it before stays in its history.
#[utoipa::path(
    post, path = "/tasks/{id}/resubmit", tag = "Steer", params(TaskIdInPath),
    responses(
        (status = 200, description = "The task as it is now.", body = TaskBody<'static>),
        Problems::<(OneTask, Change, Again, Stores)>
    )
)]
pub(crate) async fn resubmit(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    reply(operations, &operations.resubmit(id.0).await?).await
}

/// Run a scheduled task now.
#[utoipa::path(
    post, path = "/tasks/{id}/run", tag = "Steer", params(TaskIdInPath),
    responses(
        (status = 200, description = "The task as it is now.", body = TaskBody<'static>),
        Problems::<(OneTask, Change, Stores)>
    )
)]
pub(crate) async fn run(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    reply(operations, &operations.run(id.0).await?).await
}

async fn reply(operations: &Operations, task: &Task) -> Result<Response, Problem> {
    let policy = operations.policy(task).await?;
    Ok(Json(task_body(task, policy.as_ref(), Spelling::Current)).into_response())
}
