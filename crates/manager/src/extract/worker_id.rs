use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use jobbers_core::model::WorkerId;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Ref, Required};

use crate::problem::{Kind, Problem};

/// `{id}` in the path, of a worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WorkerIdInPath(pub(crate) WorkerId);

impl IntoParams for WorkerIdInPath {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The id of a worker."))
            .schema(Some(Ref::from_schema_name("ProcessId")));
        vec![id.build()]
    }
}

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
