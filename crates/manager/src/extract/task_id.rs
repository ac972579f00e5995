use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use jobbers_core::model::TaskId;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Ref, Required};

use crate::problem::{Kind, Problem};

/// `{id}` in the path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskIdInPath(pub(crate) TaskId);

impl IntoParams for TaskIdInPath {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The id of a task."))
            .schema(Some(Ref::from_schema_name("Id")));
        vec![id.build()]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TaskIdInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |detail: String| Problem::new(Kind::MalformedId, detail);
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| malformed("the path is not UTF-8".into()))?;
        let text = path.get("id").map_or("", String::as_str);
        text.parse().map(Self).map_err(|error: jobbers_core::model::InvalidId| malformed(error.to_string()))
    }
}
