use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use jobbers_core::model::WorkerId;

use crate::problem::{Kind, Problem};

/// `{id}` in the path, of a worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WorkerIdInPath(pub(crate) WorkerId);

impl<S: Send + Sync> FromRequestParts<S> for WorkerIdInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |detail: String| Problem::new(Kind::MalformedWorkerId, detail);
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| malformed("the path is not UTF-8".into()))?;
        let text = path.get("id").map_or("", String::as_str);
        text.parse().map(Self).map_err(|_| {
            let shown: String = text.chars().take(64).collect();
            malformed(format!("`{shown}` is not the id of a worker: 16 hexadecimal digits are expected"))
        })
    }
}
