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
}

/// Whether the manager runs.
#[utoipa::path(
    get, path = "/livez", tag = "Installation", security(()),
    responses((status = 200, description = "It does.", body = Health, example = json!({"status": "alive"})))
)]
pub(crate) async fn live() -> Json<Health> {
    Json(Health { status: "alive" })
}

/// Whether the stores answer, so that requests would be answered.
#[utoipa::path(
    get, path = "/readyz", tag = "Installation", security(()),
    responses(
        (status = 200, description = "They do.", body = Health, example = json!({"status": "ready"})),
        OnlyProblems::<(Waiting, Stores)>
    )
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    app.operations()?.ready().await?;
    Ok(Json(Health { status: "ready" }))
}
