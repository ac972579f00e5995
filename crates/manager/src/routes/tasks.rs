use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jobbers_core::model::{Task, TaskId};
use jobbers_core::operation::Submitted;

use crate::app::App;
use crate::extract::{JsonBody, Key, TaskIdInPath, Wait};
use crate::problem::Problem;
use crate::trace_parent::trace_id;
use crate::wire::{NewTask, Spelling, task_body};

/// `POST /tasks`: 201 for a new task, 200 for one that the same submission made before.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    key: Key,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let new = NewTask::read(&body, app.max_parameters)?;
    let parameters_at = new.parameters_pointer();
    let submitted = operations.submit(new.into_submission(trace_id(&headers), key.of_one())).await;
    let (status, task) = match submitted.map_err(|error| Problem::of_submission(error, "", parameters_at))? {
        Submitted::Created(task) => (StatusCode::CREATED, task),
        Submitted::Exists(task) => (StatusCode::OK, task),
    };
    let policy = operations.policy(&task).await?;
    let location = [(LOCATION, format!("/tasks/{}", task.id))];
    Ok((status, location, Json(task_body(&task, policy.as_ref(), Spelling::Current))).into_response())
}

/// `GET /tasks/{id}`
pub(crate) async fn show(State(app): State<Arc<App>>, id: TaskIdInPath, wait: Wait) -> Result<Response, Problem> {
    reply(&app, id, wait, Spelling::Current).await
}

/// `GET /task-status/{id}`: the same, with older spellings as well.
pub(crate) async fn show_as_before(
    State(app): State<Arc<App>>,
    id: TaskIdInPath,
    wait: Wait,
) -> Result<Response, Problem> {
    reply(&app, id, wait, Spelling::Older).await
}

async fn reply(app: &App, TaskIdInPath(id): TaskIdInPath, wait: Wait, spelling: Spelling) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let task = look(app, id, wait).await?;
    let policy = operations.policy(&task).await?;
    Ok(Json(task_body(&task, policy.as_ref(), spelling)).into_response())
}

async fn look(app: &App, id: TaskId, Wait(wait): Wait) -> Result<Task, Problem> {
    let operations = app.operations()?;
    let task = match wait {
        Some(at_most) => {
            let _room = app.room.for_wait()?;
            operations.wait(id, at_most, &app.stopping).await
        }
        None => operations.get(id).await,
    };
    Ok(task?)
}
