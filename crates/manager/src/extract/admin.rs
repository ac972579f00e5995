use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::{Caller, Scope};
use crate::problem::Problem;

/// Somebody who may do what concerns the whole installation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admin;

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.needs(Scope::Admin)?;
        }
        Ok(Self)
    }
}
