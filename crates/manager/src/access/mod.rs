//! Who may ask for what.

mod origin;
mod tokens;

use axum::extract::Request;

pub use origin::InvalidOrigin;
pub(crate) use origin::Origins;
pub(crate) use tokens::{Caller, Scope, Tokens};
pub use tokens::{InvalidTokens, TokenList};

use crate::app::App;
use crate::problem::Problem;

/// Who it is, if tokens say so; or why this request may not pass to its route. Health is for everybody.
pub(crate) fn admit(app: &App, request: &Request) -> Result<Option<Caller>, Problem> {
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
