use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::extract::{Admin, DetailsParams, ForceParams, JsonBody, NameInPath, NoKey, Query, details, force};
use crate::openapi::problems::{self, Header, JsonIn, Naming, NewName, NotEmpty, OfQueue, Problems, Stores};
use crate::problem::Problem;
use crate::wire::{
    NewQueue, OneQueue, QueueChange, QueueDeleted, QueueMessage, Queues, queue_config, queues as queues_body,
};

/// The queues that there are.
#[utoipa::path(
    get, path = "/queues", tag = "Queues", params(DetailsParams),
    responses((status = 200, description = "Their names.", body = Queues<'static>), Problems::<(problems::Query, Stores)>)
)]
pub(crate) async fn list(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    let details = details(&query)?;
    let queues = app.operations()?.list_queues().await?;
    Ok(Json(queues_body(&queues, details)).into_response())
}

/// Create a queue.
///
/// No worker takes tasks from it before a role has it. Needs scope `admin`.
#[utoipa::path(
    post, path = "/queues", tag = "Queues",
    request_body(
        content = ref("#/components/schemas/NewQueue"), content_type = "application/json",
        example = json!({
            "name": "mails", "max_concurrent": 5, "max_concurrent_total": null, "rate_numerator": 100,
            "rate_denominator": 1, "rate_period": "minute", "paused": false,
        })
    ),
    responses(
        (status = 201, description = "It is there.", body = QueueMessage<'static>),
        Problems::<(JsonIn, NewName, Header, Stores)>
    )
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    _admin: Admin,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let queue = app.operations()?.create_queue(NewQueue::read(&body)?).await?;
    let reply = QueueMessage { message: "Queue created", queue: queue_config(&queue) };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// One queue.
#[utoipa::path(
    get, path = "/queues/{name}/config", tag = "Queues", params(NameInPath),
    responses((status = 200, description = "Its limits.", body = OneQueue<'static>), Problems::<(OfQueue, Stores)>)
)]
pub(crate) async fn show(State(app): State<Arc<App>>, NameInPath(name): NameInPath) -> Result<Response, Problem> {
    let queue = app.operations()?.queue(&name).await?;
    Ok(Json(OneQueue { queue: queue_config(&queue) }).into_response())
}

/// Change a queue, or create it.
///
/// All its limits become what is sent, or their defaults. It stays paused or not as it was unless `paused` is sent.
/// Every worker keeps to it within a second. Needs scope `admin`.
#[utoipa::path(
    put, path = "/queues/{name}", tag = "Queues", params(NameInPath),
    request_body(
        content = ref("#/components/schemas/QueueChange"), content_type = "application/json",
        example = json!({"max_concurrent": null, "max_concurrent_total": 20})
    ),
    responses(
        (status = 200, description = "It is so now.", body = QueueMessage<'static>),
        Problems::<(JsonIn, Naming, Header, Stores)>
    )
)]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    _admin: Admin,
    _no_key: NoKey,
    NameInPath(name): NameInPath,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let (queue, paused) = QueueChange::read(name, &body)?;
    let queue = app.operations()?.put_queue(queue, paused).await?;
    Ok(Json(QueueMessage { message: "Queue updated", queue: queue_config(&queue) }).into_response())
}

/// Delete a queue.
///
/// One that has tasks is kept, unless it is deleted by force: then what waits or is scheduled is cancelled, and what
/// runs is asked to stop. Dead letters stay. Its roles lose it. Needs scope `admin`.
#[utoipa::path(
    delete, path = "/queues/{name}", tag = "Queues", params(NameInPath, ForceParams),
    responses(
        (status = 200, description = "It is gone.", body = QueueDeleted),
        Problems::<(OfQueue, NotEmpty, problems::Query, Stores)>
    )
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    _admin: Admin,
    NameInPath(name): NameInPath,
    query: Query,
) -> Result<Json<QueueDeleted>, Problem> {
    let force = force(&query)?;
    Ok(Json(app.operations()?.delete_queue(&name, force).await?.into()))
}
