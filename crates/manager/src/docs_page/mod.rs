//! A page to read about the API and to try it: Swagger UI over this manager's own document.
//!
//! It is part of the program and asks nobody but the manager. Its policy allows no script but these files.

mod archive;

use std::sync::LazyLock;

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page itself.
pub(crate) fn page() -> Response {
    guarded("text/html; charset=utf-8", include_str!("page.html"))
}

/// A file that the page needs.
pub(crate) fn file(name: &str) -> Option<Response> {
    static CODE: LazyLock<Bytes> = LazyLock::new(|| packed("dist/swagger-ui-bundle.js"));
    static STYLE: LazyLock<Bytes> = LazyLock::new(|| packed("dist/swagger-ui.css"));
    match name {
        "start.js" => Some(guarded("text/javascript; charset=utf-8", include_str!("start.js"))),
        "page.css" => Some(guarded("text/css; charset=utf-8", include_str!("page.css"))),
        "swagger-ui.js" => Some(gzipped("text/javascript; charset=utf-8", CODE.clone())),
        "swagger-ui.css" => Some(gzipped("text/css; charset=utf-8", STYLE.clone())),
        _ => None,
    }
}

fn packed(name: &str) -> Bytes {
    archive::gzipped(SWAGGER_UI_VENDORED, name).expect("the archive has it, as a test shows")
}

/// Browsers all take gzip, and nobody else needs these files.
fn gzipped(content_type: &'static str, file: Bytes) -> Response {
    let mut response = guarded(content_type, file);
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

fn guarded(content_type: &'static str, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
