use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::openapi::problems::{Problems, Stores};
use crate::problem::Problem;
use crate::wire::{RegisteredTasks, registered_tasks};

/// The task types that there are.
///
/// With their configuration, the schema of their parameters, and the workers that can run them.
#[utoipa::path(
    get, path = "/registered-tasks", tag = "Installation",
    responses((status = 200, description = "Each task type.", body = RegisteredTasks<'static>), Problems::<Stores>)
)]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let registered = app.operations()?.registered().await?;
    Ok(Json(registered_tasks(&registered)).into_response())
}
