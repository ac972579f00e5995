use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::openapi::problems::{Change, OneTask, Problems, Stores};
use crate::problem::Problem;
use crate::wire::Forgotten;

/// Forget an ended task.
///
/// With all that is known of it.
#[utoipa::path(
    delete, path = "/tasks/{id}", tag = "Steer", params(TaskIdInPath),
    responses((status = 200, description = "It is gone.", body = Forgotten), Problems::<(OneTask, Change, Stores)>)
)]
pub(crate) async fn forget(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Json<Forgotten>, Problem> {
    app.operations()?.forget(id.0).await?;
    Ok(Json(Forgotten { message: "Task removed", task_id: id.0 }))
}
