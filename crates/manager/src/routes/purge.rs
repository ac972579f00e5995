use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::extract::{Admin, NameInPath, PurgeParams, Query, purge_query};
use crate::openapi::problems::{self, OfQueue, Problems, Stores};
use crate::problem::Problem;
use crate::wire::QueuePurged;

/// Cancel what waits in a queue.
///
/// What was submitted later, and what runs, is left alone. It goes on for about a second, and then a scheduler goes on
/// with the rest, as does the same request again. A queue that was deleted may have tasks still. Needs scope `admin`.
#[utoipa::path(
    post, path = "/queues/{name}/purge", tag = "Queues", params(NameInPath, PurgeParams),
    responses(
        (status = 200, description = "How far it came.", body = QueuePurged),
        Problems::<(OfQueue, problems::Query, Stores)>
    )
)]
pub(crate) async fn purge(
    State(app): State<Arc<App>>,
    _admin: Admin,
    NameInPath(name): NameInPath,
    query: Query,
) -> Result<Json<QueuePurged>, Problem> {
    let purge = purge_query(&query)?;
    Ok(Json(app.operations()?.purge(&name, purge).await?.into()))
}
