use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tower_service::Service as _;

use crate::app::App;
use crate::router::router;
use crate::{access, panics};

/// What answers requests: lets them in, and through to their routes. It stands before the router and not in it, where
/// each layer would be made anew, in several boxes, for each request.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    app: Arc<App>,
    router: Router,
}

impl Service {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { router: router(app.clone()), app }
    }

    pub(crate) async fn answer(&self, request: Request) -> Response {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        panics::guard(&method, &uri, self.admit(request)).await
    }

    async fn admit(&self, mut request: Request) -> Response {
        match access::admit(&self.app, &request) {
            Ok(caller) => {
                if let Some(caller) = caller {
                    request.extensions_mut().insert(caller);
                }
                // A router is always ready, and knows no errors.
                let Ok::<_, Infallible>(response) = self.router.clone().call(request).await;
                response
            }
            Err(problem) => problem.into_response(),
        }
    }
}
