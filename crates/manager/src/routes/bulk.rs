use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jobbers_core::operation::bulk::{Selected, Wish};

use crate::app::App;
use crate::extract::{JsonBody, NoKey};
use crate::openapi::problems::{Choosing, Header, JsonIn, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{BulkBody, BulkReply, Chosen};

/// Cancel many tasks.
///
/// By their ids, up to 10,000, or by a filter: then the answer may have a `next_cursor` to go on with. With `dry_run`
/// nothing changes.
#[utoipa::path(
    post, path = "/tasks/cancel", tag = "Steer",
    request_body(
        content = ref("#/components/schemas/BulkBody"), content_type = "application/json",
        example = json!({"filter": {"status": "submitted", "queue": "default"}, "limit": 1000, "dry_run": true})
    ),
    responses(
        (status = 200, description = "What became of each task.", body = BulkReply),
        Problems::<(JsonIn, Choosing, Header, Stores)>
    )
)]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Json<BulkReply>, Problem> {
    wish(&app, Wish::Cancel, &body).await
}

/// Run many ended tasks again.
///
/// By their ids, up to 10,000, or by a filter: then the answer may have a `next_cursor` to go on with. With `dry_run`
/// nothing changes.
#[utoipa::path(
    post, path = "/tasks/resubmit", tag = "Steer",
    request_body(
        content = ref("#/components/schemas/BulkBody"), content_type = "application/json",
        example = json!({"filter": {"status": "failed", "queue": "default"}, "limit": 1000, "dry_run": true})
    ),
    responses(
        (status = 200, description = "What became of each task.", body = BulkReply),
        Problems::<(JsonIn, Choosing, Header, Stores)>
    )
)]
pub(crate) async fn resubmit(
    State(app): State<Arc<App>>,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Json<BulkReply>, Problem> {
    wish(&app, Wish::Resubmit { reset_failures: true, only_dead: false }, &body).await
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
