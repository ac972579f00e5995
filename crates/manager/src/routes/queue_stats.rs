use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::openapi::problems::{Problems, Stores};
use crate::problem::Problem;
use crate::wire::{QueueStatsBody, queue_stats_body};

/// How each queue is doing.
///
/// Counted once a second, however many ask.
#[utoipa::path(
    get, path = "/queue-stats", tag = "Queues",
    responses((status = 200, description = "Each queue.", body = QueueStatsBody<'static>), Problems::<Stores>)
)]
pub(crate) async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let stats = app.operations()?.queue_stats().await?;
    Ok(Json(queue_stats_body(&stats)).into_response())
}
