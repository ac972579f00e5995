use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;
use crate::wire::registered_tasks;

/// `GET /registered-tasks`: the task types that there are, and which workers have them.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let registered = app.operations()?.registered().await?;
    Ok(Json(registered_tasks(&registered)).into_response())
}
