use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::extract::{Admin, DetailsParams, JsonBody, NameInPath, NoKey, Query, details};
use crate::openapi::problems::{self, Header, JsonIn, NewName, OfRole, Problems, RoleOfQueues, Stores};
use crate::problem::Problem;
use crate::wire::{
    NewRole, OneRole, RoleChange, RoleDeleted, RoleMessage, RoleRefreshed, Roles, role_body, roles as roles_body,
};

/// The roles that there are.
#[utoipa::path(
    get, path = "/roles", tag = "Queues", params(DetailsParams),
    responses((status = 200, description = "Their names.", body = Roles<'static>), Problems::<(problems::Query, Stores)>)
)]
pub(crate) async fn list(State(app): State<Arc<App>>, query: Query) -> Result<Response, Problem> {
    let details = details(&query)?;
    let roles = app.operations()?.list_roles().await?;
    Ok(Json(roles_body(&roles, details)).into_response())
}

/// Create a role.
///
/// A worker is started with a role, and consumes its queues. Needs scope `admin`.
#[utoipa::path(
    post, path = "/roles", tag = "Queues",
    request_body(
        content = ref("#/components/schemas/NewRole"), content_type = "application/json",
        example = json!({"name": "mails", "queues": ["default", "mails"]})
    ),
    responses(
        (status = 201, description = "It is there.", body = RoleMessage<'static>),
        Problems::<(JsonIn, (NewName, RoleOfQueues), Header, Stores)>
    )
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    _admin: Admin,
    _no_key: NoKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let role = app.operations()?.create_role(NewRole::read(&body)?).await?;
    let reply = RoleMessage { message: "Role created", role: role_body(&role) };
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// One role.
#[utoipa::path(
    get, path = "/roles/{name}", tag = "Queues", params(NameInPath),
    responses((status = 200, description = "Its queues.", body = OneRole<'static>), Problems::<(OfRole, Stores)>)
)]
pub(crate) async fn show(State(app): State<Arc<App>>, NameInPath(name): NameInPath) -> Result<Response, Problem> {
    let role = app.operations()?.role(&name).await?;
    Ok(Json(role_body(&role)).into_response())
}

/// Give a role other queues.
///
/// Its workers consume these within a second. The body is the list of their names, or an object with it. Needs scope
/// `admin`.
#[utoipa::path(
    put, path = "/roles/{name}", tag = "Queues", params(NameInPath),
    request_body(
        content = ref("#/components/schemas/RoleChange"), content_type = "application/json",
        example = json!(["default", "mails"])
    ),
    responses(
        (status = 200, description = "It is so now.", body = RoleMessage<'static>),
        Problems::<(JsonIn, (OfRole, RoleOfQueues), Header, Stores)>
    )
)]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    _admin: Admin,
    _no_key: NoKey,
    NameInPath(name): NameInPath,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let role = app.operations()?.put_role(RoleChange::read(name, &body)?).await?;
    Ok(Json(RoleMessage { message: "Role updated", role: role_body(&role) }).into_response())
}

/// Delete a role.
///
/// Its workers run what they have, and claim nothing more. Needs scope `admin`.
#[utoipa::path(
    delete, path = "/roles/{name}", tag = "Queues", params(NameInPath),
    responses((status = 200, description = "It is gone.", body = RoleDeleted), Problems::<(OfRole, Stores)>)
)]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    _admin: Admin,
    NameInPath(name): NameInPath,
) -> Result<Json<RoleDeleted>, Problem> {
    app.operations()?.delete_role(&name).await?;
    Ok(Json(RoleDeleted { message: "Role deleted" }))
}

/// Let every process read queues and roles again.
///
/// A change reaches them without this; it is for what was changed in the SQL store by hand. Needs scope `admin`.
#[utoipa::path(
    post, path = "/roles/{name}/refresh", tag = "Queues", params(NameInPath),
    responses((status = 200, description = "They are told.", body = RoleRefreshed), Problems::<(OfRole, Stores)>)
)]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    _admin: Admin,
    NameInPath(name): NameInPath,
) -> Result<Json<RoleRefreshed>, Problem> {
    let refresh_tag = app.operations()?.refresh_role(&name).await?.to_string();
    Ok(Json(RoleRefreshed { role: name, refresh_tag }))
}
