use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::Policy;
use jobbers_core::operation::dead_letters::Revived;

use crate::app::App;
use crate::extract::{JsonBody, NoKey, TaskIdInPath};
use crate::problem::Problem;
use crate::wire::{History, RevivalBody, RevivalReply, Spelling, task_body};

/// `GET /dead-letter-queue/{id}/history`: how the attempts of a task ended.
pub(crate) async fn show_history(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let task = app.operations()?.get(id.0).await?;
    Ok(Json(History { task_id: task.id, history: crate::wire::history(&task) }).into_response())
}

/// `POST /dead-letter-queue/resubmit`: makes dead letters run again.
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
