//! Who may ask for what.

mod origin;
mod tokens;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub use origin::InvalidOrigin;
pub(crate) use origin::Origins;
pub(crate) use tokens::{Caller, Scope, Tokens};
pub use tokens::{InvalidTokens, TokenList};

use crate::app::App;
use crate::problem::Problem;

/// Lets a request through to its route, or answers why not. Health is for everybody.
pub(crate) async fn guard(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match admit(&app, &request) {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Who it is, if tokens say so.
fn admit(app: &App, request: &Request) -> Result<Option<Caller>, Problem> {
    let path = request.uri().path();
    let path = path.strip_prefix("/api").unwrap_or(path);
    if matches!(path, "/livez" | "/readyz") {
        return Ok(None);
    }
    app.origins.check(request.headers())?;
    // A browser that opens a page shows no token, and this one has nothing to hide.
    if matches!(path, "/openapi.json" | "/docs") || path.starts_with("/docs/") {
        return Ok(None);
    }
    let check = |tokens: &Tokens| tokens.check(request.method(), request.headers());
    let caller = app.tokens.as_ref().map(check).transpose()?;
    app.operations()?;
    Ok(caller)
}
