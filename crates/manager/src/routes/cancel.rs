use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Status;

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::openapi::problems::{Change, OneTask, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{Message, Spelling, TaskBody, task_body};

/// Cancel a task.
///
/// A task that waits is `cancelled` at once; one that runs is still `started`, with `cancel_requested_at`, until its
/// worker has stopped it.
#[utoipa::path(
    post, path = "/tasks/{id}/cancel", tag = "Steer", params(TaskIdInPath),
    responses((status = 200, description = "The task as it is now.", body = TaskBody<'static>), Problems::<(OneTask, Change, Stores)>)
)]
pub(crate) async fn cancel(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let task = operations.cancel(id.0).await?;
    let policy = operations.policy(&task).await?;
    Ok(Json(task_body(&task, policy.as_ref(), Spelling::Current)).into_response())
}

/// Cancel a task (older).
///
/// As `POST /tasks/{id}/cancel`, with a message.
#[utoipa::path(
    post, path = "/task/{id}/cancel", tag = "Older", params(TaskIdInPath),
    responses((status = 200, description = "The task as it is now.", body = Message<'static>), Problems::<(OneTask, Change, Stores)>)
)]
pub(crate) async fn cancel_as_before(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let task = operations.cancel(id.0).await?;
    let policy = operations.policy(&task).await?;
    let message = match task.status {
        Status::Cancelled => "Task cancelled",
        _ => "Cancellation requested",
    };
    let task = task_body(&task, policy.as_ref(), Spelling::Older);
    Ok(Json(Message { message, task }).into_response())
}
