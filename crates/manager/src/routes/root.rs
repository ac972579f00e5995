use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jobbers_core::model::TaskType;
use serde::Serialize;

use crate::app::App;
use crate::problem::Problem;

#[derive(Debug, Serialize)]
pub(crate) struct Greeting {
    message: &'static str,
    /// Name and version of each task type that workers have registered.
    tasks: Vec<(String, u32)>,
}

/// Says who answers, and which task types there are.
pub(crate) async fn show(State(app): State<Arc<App>>) -> Result<Json<Greeting>, Problem> {
    let catalogue = app.operations()?.catalogue().await?;
    let pair = |TaskType { name, version }: &TaskType| (name.clone(), *version);
    let message = concat!("Jobbers manager ", env!("CARGO_PKG_VERSION"));
    Ok(Json(Greeting { message, tasks: catalogue.task_types().map(pair).collect() }))
}
