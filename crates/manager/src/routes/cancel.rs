use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Status;

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::problem::Problem;
use crate::wire::{Message, Spelling, task_body};

/// `POST /tasks/{id}/cancel`: the task, `cancelled` or still `started` with `cancel_requested_at`.
pub(crate) async fn cancel(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let task = operations.cancel(id.0).await?;
    let policy = operations.policy(&task).await?;
    Ok(Json(task_body(&task, policy.as_ref(), Spelling::Current)).into_response())
}

/// `POST /task/{id}/cancel`: the same with a message.
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
