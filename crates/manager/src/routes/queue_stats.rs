use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;
use crate::wire::queue_stats_body;

/// `GET /queue-stats`: how each queue is doing.
pub(crate) async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let stats = app.operations()?.queue_stats().await?;
    Ok(Json(queue_stats_body(&stats)).into_response())
}
