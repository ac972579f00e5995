use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::openapi;
use crate::openapi::problems::{Nothing, Problems};
use crate::openapi::schemas::AnyObject;

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Installation",
    responses((status = 200, description = "The API in OpenAPI 3.1.", body = AnyObject), Problems::<Nothing>)
)]
pub(crate) async fn show() -> Response {
    ([(CONTENT_TYPE, "application/json")], openapi::text()).into_response()
}
