use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jobbers_core::operation::bulk::{Selected, Wish};

use crate::app::App;
use crate::extract::{JsonBody, NoKey};
use crate::problem::Problem;
use crate::wire::{BulkBody, BulkReply, Chosen};

/// `POST /tasks/cancel`: asks for the end of many tasks.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Json<BulkReply>, Problem> {
    wish(&app, Wish::Cancel, &body).await
}

/// `POST /tasks/resubmit`: makes many tasks run again.
pub(crate) async fn resubmit(
    State(app): State<Arc<App>>,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Json<BulkReply>, Problem> {
    wish(&app, Wish::Resubmit { reset_failures: true }, &body).await
}

async fn wish(app: &App, wish: Wish, body: &[u8]) -> Result<Json<BulkReply>, Problem> {
    let operations = app.operations()?;
    let Selected { done, next } = match BulkBody::read(body)? {
        Chosen::Ids { ids, rehearsal } => {
            Selected { done: operations.wish_for(wish, &ids, rehearsal).await?, next: None }
        }
        Chosen::Filter(selection) => operations.wish_by_filter(wish, &selection).await?,
    };
    Ok(Json(BulkReply::new(wish, done, next)))
}
