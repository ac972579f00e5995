//! Who may ask for what.

mod origin;
mod tokens;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub use origin::InvalidOrigin;
pub(crate) use origin::Origins;
pub(crate) use tokens::Tokens;
pub use tokens::{InvalidTokens, TokenList};

use crate::app::App;
use crate::problem::Problem;

/// Lets a request through to its route, or answers why not. Health is for everybody.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match admit(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn admit(app: &App, request: &Request) -> Result<(), Problem> {
    let path = request.uri().path();
    if matches!(path.strip_prefix("/api").unwrap_or(path), "/livez" | "/readyz") {
        return Ok(());
    }
    app.origins.check(request.headers())?;
    if let Some(tokens) = &app.tokens {
        tokens.check(request.method(), request.headers())?;
    }
    app.operations().map(drop)
}
