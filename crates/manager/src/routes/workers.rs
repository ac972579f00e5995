use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::extract::{Admin, WorkerIdInPath};
use crate::openapi::problems::{OneWorker, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{Draining, Workers, worker_body};

/// Live workers and schedulers.
#[utoipa::path(
    get, path = "/workers", tag = "Installation",
    responses((status = 200, description = "Each process.", body = Workers<'static>), Problems::<Stores>)
)]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let live = app.operations()?.workers().await?;
    Ok(Json(Workers { workers: live.iter().map(worker_body).collect() }).into_response())
}

/// Drain a worker.
///
/// It claims nothing more, lets its attempts end, and exits. Needs scope `admin`.
#[utoipa::path(
    post, path = "/workers/{id}/drain", tag = "Installation", params(WorkerIdInPath),
    responses((status = 200, description = "It was asked.", body = Draining), Problems::<(OneWorker, Stores)>)
)]
pub(crate) async fn drain(
    State(app): State<Arc<App>>,
    _admin: Admin,
    WorkerIdInPath(id): WorkerIdInPath,
) -> Result<Json<Draining>, Problem> {
    app.operations()?.drain(id).await?;
    Ok(Json(Draining { message: "Worker asked to drain", worker: id }))
}
