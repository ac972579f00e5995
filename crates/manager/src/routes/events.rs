use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use jobbers_core::model::{Task, TaskId};
use jobbers_core::operation::{Following, Operations, get};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::events::stream;
use crate::extract::TaskIdInPath;
use crate::openapi::problems::{Nothing, OneTask, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{Spelling, task_body};

/// An event of the stream of all tasks.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is streamed")]
struct AnyEvent {
    /// `counts`, `task`, `skipped` or `resync`.
    event: String,
    /// Send it as `Last-Event-ID` to go on behind this event.
    id: Option<String>,
    /// JSON: `{"queues": [{"queue", "waiting", "scheduled", "started", "dead", "oldest_waiting"}]}`, `{"id",
    /// "status"}`, `{"tasks"}` or `{"detail"}`.
    data: String,
}

/// An event of the stream of one task.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is streamed")]
struct TaskEvent {
    /// The status, or `removed`.
    event: String,
    /// Only of the last one.
    id: Option<String>,
    /// JSON: the task, as `GET /tasks/{id}` answers it; of `removed` `{"id"}`.
    data: String,
}

const LAST_EVENT_ID: &str = "last-event-id";

/// Watch all tasks.
///
/// `counts` when the counts per queue have changed, looked at every 250 ms, and once at the beginning; `task` for tasks
/// that changed, at most 50 a second; `skipped` with how many more there were. Whoever sends the `Last-Event-ID` of an
/// event that is still known gets what came after it. `resync` says that something was missed: look at what you show
/// anew.
#[utoipa::path(
    get, path = "/events", tag = "Watch",
    params(("Last-Event-ID" = Option<String>, Header, description = "Go on behind this event.")),
    responses(
        (status = 200, description = "A stream that does not end.", body = AnyEvent, content_type = "text/event-stream"),
        Problems::<Nothing>
    )
)]
pub(crate) async fn all(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let operations = app.operations()?;
    let room = app.room.for_stream()?;
    let listener = app.feed.listen(operations, last_event_id(&headers));
    let events = stream::unfold(listener, async |mut listener| Some((listener.next().await, listener)));
    Ok(stream(events, room, app.stopping.clone()))
}

/// Watch a task.
///
/// One event with the task as it is, and one whenever it changes; while it runs, also for its progress, about once a
/// second. The name of an event is the status, its data the task. Changes that follow each other at once may come as one.
/// The stream ends with the task: with its last status, or with `removed`.
#[utoipa::path(
    get, path = "/tasks/{id}/events", tag = "Watch",
    params(TaskIdInPath, ("Last-Event-ID" = Option<String>, Header, description = "As browsers send it when they connect again.")),
    responses(
        (status = 200, description = "A stream until the task has ended.", body = TaskEvent, content_type = "text/event-stream"),
        (status = 204, description = "This client has seen the end already. Browsers stop asking then."),
        Problems::<(OneTask, Stores)>
    )
)]
pub(crate) async fn of_task(
    State(app): State<Arc<App>>,
    TaskIdInPath(id): TaskIdInPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let operations = app.operations()?.clone();
    let room = app.room.for_stream()?;
    let mut following = operations.follow(id);
    let task = following.next().await?;
    if let Some(end) = end_id(&task)
        && last_event_id(&headers) == Some(&end)
    {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let first = Step { operations, following, ended: task.status.is_ended() };
    let begin = event(&first.operations, &task).await?;
    let events = stream::once(async { begin }).chain(stream::unfold(first, next));
    Ok(stream(events, room, app.stopping.clone()))
}

struct Step {
    operations: Arc<Operations>,
    following: Following,
    ended: bool,
}

async fn next(mut step: Step) -> Option<(Event, Step)> {
    if step.ended {
        return None;
    }
    let event = match step.following.next().await {
        Ok(task) => {
            step.ended = task.status.is_ended();
            event(&step.operations, &task).await.ok()?
        }
        Err(get::Error::NotFound(id)) => {
            step.ended = true;
            removed(id)
        }
        // Only the first look fails for the store.
        Err(get::Error::Store(_)) => return None,
    };
    Some((event, step))
}

async fn event(operations: &Operations, task: &Task) -> Result<Event, Problem> {
    let policy = operations.policy(task).await?;
    let body = serde_json::to_string(&task_body(task, policy.as_ref(), Spelling::Current)).unwrap_or_default();
    let event = Event::default().event(task.status.as_str()).data(body);
    Ok(match end_id(task) {
        Some(id) => event.id(id),
        None => event,
    })
}

fn removed(id: TaskId) -> Event {
    Event::default().event("removed").data(json!({"id": id}).to_string())
}

/// Tells an end of a task from the one after it was resubmitted.
fn end_id(task: &Task) -> Option<String> {
    task.ended_at.filter(|_| task.status.is_ended()).map(|at| format!("{}:{}", task.id, at.as_millis()))
}

fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(LAST_EVENT_ID)?.to_str().ok()
}
