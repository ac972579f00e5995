use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jobbers_core::model::TaskType;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::openapi::problems::{Problems, Stores};
use crate::problem::Problem;

/// Who answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Greeting {
    message: &'static str,
    /// Name and version of each task type that workers have registered.
    #[schema(value_type = Vec<Vec<serde_json::Value>>, example = json!([["word_count", 1]]))]
    tasks: Vec<(String, u32)>,
}

/// Who answers, and which task types there are.
#[utoipa::path(
    get, path = "/", tag = "Installation",
    responses((status = 200, description = "The manager, and name and version of each task type.", body = Greeting), Problems::<Stores>)
)]
pub(crate) async fn show(State(app): State<Arc<App>>) -> Result<Json<Greeting>, Problem> {
    let catalogue = app.operations()?.catalogue().await?;
    let pair = |TaskType { name, version }: &TaskType| (name.clone(), *version);
    let message = concat!("Jobbers manager ", env!("CARGO_PKG_VERSION"));
    Ok(Json(Greeting { message, tasks: catalogue.task_types().map(pair).collect() }))
}
