use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::openapi::problems::{OnlyProblems, Stores, Waiting};
use crate::problem::Problem;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    /// What is not as it should be although requests are answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<String>,
}

/// Whether the manager runs.
#[utoipa::path(
    get, path = "/livez", tag = "Installation", security(()),
    responses((status = 200, description = "It does.", body = Health, example = json!({"status": "alive"})))
)]
pub(crate) async fn live() -> Json<Health> {
    Json(Health { status: "alive", warnings: Vec::new() })
}

/// Whether the stores answer, so that requests would be answered.
///
/// With `warnings` where something else is missing, such as a scheduler.
#[utoipa::path(
    get, path = "/readyz", tag = "Installation", security(()),
    responses(
        (status = 200, description = "They do.", body = Health, example = json!({"status": "ready"})),
        OnlyProblems::<(Waiting, Stores)>
    )
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    let warnings = app.operations()?.ready().await?;
    let warnings = warnings.iter().map(ToString::to_string).collect();
    Ok(Json(Health { status: "ready", warnings }))
}
