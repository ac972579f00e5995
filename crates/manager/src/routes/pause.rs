use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::extract::{Admin, NameInPath};
use crate::openapi::problems::{OfQueue, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{QueueMessage, queue_config};

/// Pause a queue.
///
/// Within a second workers claim nothing more from it; what runs goes on, and submissions are taken. Needs scope
/// `admin`.
#[utoipa::path(
    post, path = "/queues/{name}/pause", tag = "Queues", params(NameInPath),
    responses(
        (status = 200, description = "It is paused.", body = QueueMessage<'static>),
        Problems::<(OfQueue, Stores)>
    )
)]
pub(crate) async fn pause(
    State(app): State<Arc<App>>,
    _admin: Admin,
    NameInPath(name): NameInPath,
) -> Result<Response, Problem> {
    let queue = app.operations()?.set_paused(&name, true).await?;
    Ok(Json(QueueMessage { message: "Queue paused", queue: queue_config(&queue) }).into_response())
}

/// Let a paused queue go on.
///
/// Needs scope `admin`.
#[utoipa::path(
    post, path = "/queues/{name}/resume", tag = "Queues", params(NameInPath),
    responses(
        (status = 200, description = "It is not paused.", body = QueueMessage<'static>),
        Problems::<(OfQueue, Stores)>
    )
)]
pub(crate) async fn resume(
    State(app): State<Arc<App>>,
    _admin: Admin,
    NameInPath(name): NameInPath,
) -> Result<Response, Problem> {
    let queue = app.operations()?.set_paused(&name, false).await?;
    Ok(Json(QueueMessage { message: "Queue resumed", queue: queue_config(&queue) }).into_response())
}
