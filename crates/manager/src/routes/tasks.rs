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
use crate::openapi::problems::{Header, JsonIn, OneTask, Problems, Query, Stores, Submitting};
use crate::problem::Problem;
use crate::trace_parent::{Traced, trace_id};
use crate::wire::{NewTask, OlderTask, Spelling, TaskBody, task_body};

/// Submit a task.
///
/// With an `id` of your own the same submission can be sent again safely: it is the same task. Parameters must fit the
/// schema that the workers of the task type publish.
#[utoipa::path(
    post, path = "/tasks", tag = "Submit",
    params(Traced, Key),
    request_body(
        content = ref("#/components/schemas/NewTask"), content_type = "application/json",
        example = json!({"name": "word_count", "version": 1, "parameters": {"text": "one two two"}, "priority": 3})
    ),
    responses(
        (status = 201, description = "A new task.", body = TaskBody<'static>, headers(("Location" = String, description = "where the task is"))),
        (status = 200, description = "The task that the same submission made before, as it is now.", body = TaskBody<'static>),
        Problems::<(JsonIn, Header, Submitting, Stores)>
    )
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    key: Key,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let new = NewTask::read(&body, app.max_parameters)?;
    let parameters_at = new.parameters_pointer();
    let submission = new.into_submission(trace_id(&headers), key.of_one());
    // What it takes to wait for the stores is large, and would be moved with each box that the router puts a request in.
    let submitted = Box::pin(operations.submit(submission)).await;
    let (status, task) = match submitted.map_err(|error| Problem::of_submission(error, "", parameters_at))? {
        Submitted::Created(task) => (StatusCode::CREATED, task),
        Submitted::Exists(task) => (StatusCode::OK, task),
    };
    let policy = operations.policy(&task).await?;
    let location = [(LOCATION, format!("/tasks/{}", task.id))];
    Ok((status, location, Json(task_body(&task, policy.as_ref(), Spelling::Current))).into_response())
}

/// Look at a task.
#[utoipa::path(
    get, path = "/tasks/{id}", tag = "Look", params(TaskIdInPath, Wait),
    responses((status = 200, description = "The task as it is.", body = TaskBody<'static>), Problems::<(OneTask, Query, Stores)>)
)]
pub(crate) async fn show(State(app): State<Arc<App>>, id: TaskIdInPath, wait: Wait) -> Result<Response, Problem> {
    reply(&app, id, wait, Spelling::Current).await
}

/// Look at a task (older).
///
/// As `GET /tasks/{id}`, with older spellings as well.
#[utoipa::path(
    get, path = "/task-status/{id}", tag = "Older", params(TaskIdInPath, Wait),
    responses((status = 200, description = "The task as it is.", body = OlderTask), Problems::<(OneTask, Query, Stores)>)
)]
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

async fn look(app: &App, id: TaskId, Wait(wait): Wait) -> Result<Arc<Task>, Problem> {
    let operations = app.operations()?;
    let task = match wait {
        Some(at_most) => {
            let _room = app.room.for_wait()?;
            operations.wait(id, at_most, &app.stopping).await
        }
        None => operations.get(id).await.map(Arc::new),
    };
    Ok(task?)
}
