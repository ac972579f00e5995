use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::openapi;
use crate::openapi::problems::{OnlyProblems, OpenPage};
use crate::openapi::schemas::AnyObject;

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Installation", security(()),
    responses((status = 200, description = "The API in OpenAPI 3.1.", body = AnyObject), OnlyProblems::<OpenPage>)
)]
pub(crate) async fn show() -> Response {
    ([(CONTENT_TYPE, "application/json")], openapi::text()).into_response()
}
