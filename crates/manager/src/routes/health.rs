use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;
use crate::problem::Problem;

/// The process runs.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

/// The stores answer, so requests would be answered.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    app.operations()?.ready().await?;
    Ok(Json(json!({"status": "ready"})))
}
