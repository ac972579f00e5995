use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Task;
use jobbers_core::operation::Operations;

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::problem::Problem;
use crate::wire::{Spelling, task_body};

/// `POST /tasks/{id}/resubmit`: an ended task, but not a completed one, runs again.
pub(crate) async fn resubmit(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    reply(operations, &operations.resubmit(id.0).await?).await
}

/// `POST /tasks/{id}/run`: a scheduled task runs now.
pub(crate) async fn run(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let operations = app.operations()?;
    reply(operations, &operations.run(id.0).await?).await
}

async fn reply(operations: &Operations, task: &Task) -> Result<Response, Problem> {
    let policy = operations.policy(task).await?;
    Ok(Json(task_body(task, policy.as_ref(), Spelling::Current)).into_response())
}
