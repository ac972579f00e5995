use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use jobbers_core::model::check_name;
use serde_json::json;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::problem::{Kind, Problem};

/// `{name}` in the path, of a queue or a role.
#[derive(Debug, Clone)]
pub(crate) struct NameInPath(pub(crate) String);

impl IntoParams for NameInPath {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Za-z0-9_.:-]{1,64}$"))
            .examples([json!("mails")]);
        let name = ParameterBuilder::new()
            .name("name")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The name."))
            .schema(Some(text));
        vec![name.build()]
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NameInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |detail: String| Problem::new(Kind::MalformedName, detail);
        let Path(mut path) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| malformed("the path is not UTF-8".into()))?;
        let name = path.remove("name").unwrap_or_default();
        check_name(&name).map_err(|error| malformed(error.to_string()))?;
        Ok(Self(name))
    }
}
