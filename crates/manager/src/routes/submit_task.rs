use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jobbers_core::operation::Submitted;

use crate::app::App;
use crate::extract::{JsonBody, Key};
use crate::openapi::problems::{Header, JsonIn, Problems, Stores, Submitting};
use crate::problem::Problem;
use crate::trace_parent::{Traced, trace_id};
use crate::wire::{Message, OlderNewTask, Spelling, task_body};

/// Submit a task (older).
///
/// As `POST /tasks`, but always 200, with a message.
#[utoipa::path(
    post, path = "/submit-task", tag = "Older", params(Traced, Key),
    request_body(
        content = ref("#/components/schemas/OlderNewTask"), content_type = "application/json",
        example = json!({"name": "word_count", "version": 1, "parameters": {"text": "one two two"}})
    ),
    responses((status = 200, description = "The task as it is.", body = Message<'static>), Problems::<(JsonIn, Header, Submitting, Stores)>)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    key: Key,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let new = OlderNewTask::read(&body, app.max_parameters)?;
    let parameters_at = new.parameters_pointer();
    let submission = new.into_submission(trace_id(&headers), key.of_one());
    // What it takes to wait for the stores is large, and would be moved with each box that the router puts a request in.
    let submitted = Box::pin(operations.submit(submission)).await;
    let task = match submitted.map_err(|error| Problem::of_submission(error, "", parameters_at))? {
        Submitted::Created(task) | Submitted::Exists(task) => task,
    };
    let policy = operations.policy(&task).await?;
    let task = task_body(&task, policy.as_ref(), Spelling::Older);
    Ok(Json(Message { message: "Task submitted successfully", task }).into_response())
}
