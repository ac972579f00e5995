use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::routes;

/// Every route, with its description: this is the one place where routes are listed.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(routes::lists::all, routes::tasks::create))
        .routes(routes!(routes::batch::create))
        .routes(routes!(routes::tasks::show, routes::forget::forget))
        .routes(routes!(routes::explain::show))
        .routes(routes!(routes::cancel::cancel))
        .routes(routes!(routes::again::resubmit))
        .routes(routes!(routes::again::run))
        .routes(routes!(routes::bulk::cancel))
        .routes(routes!(routes::bulk::resubmit))
        .routes(routes!(routes::lists::active))
        .routes(routes!(routes::lists::scheduled))
        .routes(routes!(routes::lists::dead, routes::dead_letters::discard))
        .routes(routes!(routes::dead_letters::errors))
        .routes(routes!(routes::dead_letters::resubmit))
        .routes(routes!(routes::dead_letters::show_history))
        .routes(routes!(routes::events::of_task))
        .routes(routes!(routes::events::all))
        .routes(routes!(routes::queue_stats::show))
        .routes(routes!(routes::queues::list, routes::queues::create))
        .routes(routes!(routes::queues::put, routes::queues::delete))
        .routes(routes!(routes::queues::show))
        .routes(routes!(routes::pause::pause))
        .routes(routes!(routes::pause::resume))
        .routes(routes!(routes::purge::purge))
        .routes(routes!(routes::roles::list, routes::roles::create))
        .routes(routes!(routes::roles::show, routes::roles::put, routes::roles::delete))
        .routes(routes!(routes::roles::refresh))
        .routes(routes!(routes::workers::list))
        .routes(routes!(routes::workers::drain))
        .routes(routes!(routes::registered_tasks::list))
        .routes(routes!(routes::root::show))
        .routes(routes!(routes::health::live))
        .routes(routes!(routes::health::ready))
        .routes(routes!(routes::openapi::show))
        .routes(routes!(routes::docs::show))
        .routes(routes!(routes::docs::file))
        .routes(routes!(routes::submit_task::create))
        .routes(routes!(routes::schedule_task::create))
        .routes(routes!(routes::tasks::show_as_before))
        .routes(routes!(routes::cancel::cancel_as_before))
        .routes(routes!(routes::lists::oldest_first))
}

/// Every route, plain and under `/api`, for requests that were let in.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (routes, _) = routes().split_for_parts();
    Router::new()
        .merge(routes.clone())
        .nest("/api", routes)
        .route("/api/", get(routes::root::show))
        .fallback(no_such_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
}

async fn no_such_route(request: Request) -> Problem {
    Problem::new(Kind::NoSuchRoute, format!("there is no route {}", request.uri().path()))
}

async fn wrong_method(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::new(Kind::WrongMethod, format!("{path} does not take {method}; the header Allow names what it takes"))
}
