use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::openapi::problems::{OneTask, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{ExplanationBody, explanation_body};

/// Why a task is not running, or that it is.
///
/// One sentence for people, and what it is made of for programs.
#[utoipa::path(
    get, path = "/tasks/{id}/explain", tag = "Look", params(TaskIdInPath),
    responses((status = 200, description = "Why.", body = ExplanationBody<'static>), Problems::<(OneTask, Stores)>)
)]
pub(crate) async fn show(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Response, Problem> {
    let explanation = app.operations()?.explain(id.0).await?;
    Ok(Json(explanation_body(id.0, &explanation)).into_response())
}
