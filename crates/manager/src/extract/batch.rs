use std::sync::Arc;

use axum::extract::{FromRequest, Request};

use super::body::{media_type, not_json_type, read_parts, read_whole};
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::room::Taken;
use crate::wire::{BatchItems, Lines};

/// Many submissions: a JSON array, or a JSON object on each line.
#[derive(Debug)]
pub(crate) struct BatchBody {
    pub(crate) items: BatchItems,
    /// Room for the body, which the items take as well.
    _room: Taken,
}

impl FromRequest<Arc<App>> for BatchBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let max_parameters = app.max_parameters;
        match media_type(request.headers()).as_deref() {
            Some("application/json") => {
                let (body, room) = read_whole(request, app).await?;
                // Whoever else is served by this thread need not wait for megabytes to be read.
                let reading = tokio::task::spawn_blocking(move || BatchItems::of_array(&body, max_parameters));
                let gone = |_| Problem::new(Kind::Bug, "the manager failed to read this body; see its log");
                Ok(Self { items: reading.await.map_err(gone)??, _room: room })
            }
            Some("application/x-ndjson") => {
                let mut lines = Lines::new(max_parameters);
                let room = read_parts(request, app, |part| lines.take(&part)).await?;
                Ok(Self { items: lines.end()?, _room: room })
            }
            other => Err(not_json_type(other, "application/json or application/x-ndjson is expected")),
        }
    }
}
