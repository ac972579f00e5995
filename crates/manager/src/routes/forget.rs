use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::extract::TaskIdInPath;
use crate::problem::Problem;
use crate::wire::Forgotten;

/// `DELETE /tasks/{id}`: removes an ended task with all that is known of it.
pub(crate) async fn forget(State(app): State<Arc<App>>, id: TaskIdInPath) -> Result<Json<Forgotten>, Problem> {
    app.operations()?.forget(id.0).await?;
    Ok(Json(Forgotten { message: "Task removed", task_id: id.0 }))
}
