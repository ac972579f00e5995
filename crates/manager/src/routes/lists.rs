use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobbers_core::model::{Policy, Task, Timestamp};
use jobbers_core::operation::{Operations, Page};

use crate::app::App;
use crate::extract::{ActiveParams, AllParams, DeadParams, ListQuery, OlderParams, OrderBy, Query, TaskList};
use crate::openapi::problems::{self, Paging, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{OlderTaskPage, Spelling, TaskPage, task_body};

/// List tasks.
///
/// Newest first; those of a status in the order that goes with it. A page may be short, even empty, and still have a `next_cursor`.
#[utoipa::path(
    get, path = "/tasks", tag = "Look", params(AllParams),
    responses(
        (status = 200, description = "A page of tasks.", body = TaskPage<'static>),
        Problems::<(problems::Query, Paging, Stores)>
    )
)]
pub(crate) async fn all(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    reply(&app, &query, TaskList::All).await
}

/// List the tasks that run.
///
/// Newest start first, each with `running_ms`. A page may be short, even empty, and still have a `next_cursor`.
#[utoipa::path(
    get, path = "/active-tasks", tag = "Look", params(ActiveParams),
    responses(
        (status = 200, description = "A page of tasks.", body = OlderTaskPage<'static>),
        Problems::<(problems::Query, Paging, Stores)>
    )
)]
pub(crate) async fn active(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    reply(&app, &query, TaskList::Active).await
}

/// List the tasks that are due later.
///
/// Soonest first. A page may be short, even empty, and still have a `next_cursor`.
#[utoipa::path(
    get, path = "/scheduled-tasks", tag = "Look", params(OlderParams),
    responses(
        (status = 200, description = "A page of tasks.", body = OlderTaskPage<'static>),
        Problems::<(problems::Query, Paging, Stores)>
    )
)]
pub(crate) async fn scheduled(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    reply(&app, &query, TaskList::Scheduled).await
}

/// List tasks (older).
///
/// Oldest first. A page may be short, even empty, and still have a `next_cursor`.
#[utoipa::path(
    get, path = "/task-list", tag = "Older", params(OlderParams),
    responses(
        (status = 200, description = "A page of tasks.", body = OlderTaskPage<'static>),
        Problems::<(problems::Query, Paging, Stores)>
    )
)]
pub(crate) async fn oldest_first(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    reply(&app, &query, TaskList::OldestFirst).await
}

/// List dead letters.
///
/// Tasks that failed for good and were kept, newest first. A page may be short, even empty, and still have a `next_cursor`.
#[utoipa::path(
    get, path = "/dead-letter-queue", tag = "Look", params(DeadParams),
    responses(
        (status = 200, description = "A page of tasks.", body = OlderTaskPage<'static>),
        Problems::<(problems::Query, Paging, Stores)>
    )
)]
pub(crate) async fn dead(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    reply(&app, &query, TaskList::Dead).await
}

async fn reply(app: &App, query: &Query, list: TaskList) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let ListQuery { listing, order_by } = ListQuery::read(query, list)?;
    let (page, now) = tokio::join!(operations.list(&listing), now(operations, list));
    let (Page { mut tasks, next }, now) = (page?, now?);
    sort(&mut tasks, order_by);
    let mut policies: Vec<Option<Policy>> = Vec::with_capacity(tasks.len());
    for task in &tasks {
        policies.push(operations.policy(task).await?);
    }
    let spelling = if list == TaskList::All { Spelling::Current } else { Spelling::Older };
    let bodies = tasks.iter().zip(&policies).map(|(task, policy)| {
        let body = task_body(task, policy.as_ref(), spelling);
        match now {
            Some(now) => body.running_at(now),
            None => body,
        }
    });
    Ok(Json(TaskPage { tasks: bodies.collect(), next_cursor: next.as_deref() }).into_response())
}

/// The store's clock, where it is needed to say how long something has run.
async fn now(operations: &Operations, list: TaskList) -> Result<Option<Timestamp>, Problem> {
    match list {
        TaskList::Active => Ok(Some(operations.now().await?)),
        TaskList::All | TaskList::Scheduled | TaskList::OldestFirst | TaskList::Dead => Ok(None),
    }
}

fn sort(tasks: &mut [Task], order_by: Option<OrderBy>) {
    match order_by {
        None => {}
        Some(OrderBy::SubmittedAt) => tasks.sort_by_key(|task| task.submitted_at),
        Some(OrderBy::TaskId) => tasks.sort_by_key(|task| task.id),
    }
}
