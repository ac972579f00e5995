use std::sync::Arc;

use axum::extract::Request;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};

use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::{access, panics, routes};

/// Every route, plain and under `/api`.
pub(crate) fn router(app: Arc<App>) -> Router {
    let both = |router: Router<Arc<App>>, path: &str, methods: MethodRouter<Arc<App>>| {
        router.route(path, methods.clone()).route(&format!("/api{path}"), methods)
    };
    let mut router = Router::new().route("/api", get(routes::root::show));
    for (path, methods) in [
        ("/", get(routes::root::show)),
        ("/livez", get(routes::health::live)),
        ("/readyz", get(routes::health::ready)),
        ("/tasks", get(routes::lists::all).post(routes::tasks::create)),
        ("/tasks/batch", post(routes::batch::create)),
        ("/tasks/cancel", post(routes::bulk::cancel)),
        ("/tasks/resubmit", post(routes::bulk::resubmit)),
        ("/tasks/{id}", get(routes::tasks::show).delete(routes::forget::forget)),
        ("/tasks/{id}/cancel", post(routes::cancel::cancel)),
        ("/tasks/{id}/resubmit", post(routes::again::resubmit)),
        ("/tasks/{id}/run", post(routes::again::run)),
        ("/active-tasks", get(routes::lists::active)),
        ("/scheduled-tasks", get(routes::lists::scheduled)),
        ("/task-list", get(routes::lists::oldest_first)),
        ("/dead-letter-queue", get(routes::lists::dead)),
        ("/dead-letter-queue/resubmit", post(routes::dead_letters::resubmit)),
        ("/dead-letter-queue/{id}/history", get(routes::dead_letters::show_history)),
        ("/queue-stats", get(routes::queue_stats::show)),
        ("/workers", get(routes::workers::list)),
        ("/workers/{id}/drain", post(routes::workers::drain)),
        ("/registered-tasks", get(routes::registered_tasks::list)),
        ("/submit-task", post(routes::submit_task::create)),
        ("/schedule-task", post(routes::schedule_task::create)),
        ("/task-status/{id}", get(routes::tasks::show_as_before)),
        ("/task/{id}/cancel", post(routes::cancel::cancel_as_before)),
    ] {
        router = both(router, path, methods);
    }
    router
        .fallback(no_such_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), access::guard))
        .layer(middleware::from_fn(panics::guard))
        .with_state(app)
}

async fn no_such_route(request: Request) -> Problem {
    Problem::new(Kind::NoSuchRoute, format!("there is no route {}", request.uri().path()))
}

async fn wrong_method(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::new(Kind::WrongMethod, format!("{path} does not take {method}; the header Allow names what it takes"))
}
