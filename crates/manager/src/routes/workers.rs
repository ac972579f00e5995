use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::extract::{Admin, WorkerIdInPath};
use crate::problem::Problem;
use crate::wire::{Draining, Workers, worker_body};

/// `GET /workers`: live workers and schedulers.
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let live = app.operations()?.workers().await?;
    Ok(Json(Workers { workers: live.iter().map(worker_body).collect() }).into_response())
}

/// `POST /workers/{id}/drain`: asks a worker to claim nothing more, let its attempts end, and exit.
pub(crate) async fn drain(
    State(app): State<Arc<App>>,
    _admin: Admin,
    WorkerIdInPath(id): WorkerIdInPath,
) -> Result<Json<Draining>, Problem> {
    app.operations()?.drain(id).await?;
    Ok(Json(Draining { message: "Worker asked to drain", worker: id }))
}
