use std::sync::LazyLock;

use jobbers_core::model::Role;
use jobbers_core::operation::schema::Schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields;
use crate::problem::Problem;

/// Most queues of a role in a body.
const MOST_QUEUES: usize = 1_000;

/// The name of a queue in a list of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("format" = "name"))]
pub(crate) struct QueueName(String);

/// The body of `POST /roles`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    #[schemars(extend("format" = "name"))]
    name: String,
    /// What its workers consume; one that is named twice counts once.
    #[schemars(length(max = MOST_QUEUES))]
    queues: Vec<QueueName>,
}

/// The body of `PUT /roles/{name}`: the names of its queues, bare or in an object.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RoleChange {
    List(#[schemars(length(max = MOST_QUEUES))] Vec<QueueName>),
    Object(RoleQueues),
}

/// What a role is to have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleQueues {
    /// Not looked at: the name in the path counts.
    #[expect(dead_code, reason = "the name in the path counts")]
    name: Option<String>,
    /// What its workers consume; one that is named twice counts once.
    #[schemars(length(max = MOST_QUEUES))]
    queues: Vec<QueueName>,
}

/// The reply of `GET /roles`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Roles<'r> {
    /// The names of all roles.
    roles: Vec<&'r str>,
    /// The roles themselves, if these were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<OneRole<'r>>>,
}

/// A role with its queues.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct OneRole<'r> {
    role: &'r str,
    /// What its workers consume, by name.
    queues: &'r [String],
}

/// The reply of what changes a role.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleMessage<'r> {
    pub(crate) message: &'static str,
    #[serde(flatten)]
    #[schema(inline)]
    pub(crate) role: OneRole<'r>,
}

/// The reply of `DELETE /roles/{name}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleDeleted {
    pub(crate) message: &'static str,
}

/// The reply of `POST /roles/{name}/refresh`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleRefreshed {
    pub(crate) role: String,
    /// Another one each time.
    pub(crate) refresh_tag: String,
}

impl NewRole {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&[], &[])
    }

    pub(crate) fn read(body: &[u8]) -> Result<Role, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<NewRole>);
        let Self { name, queues } = fields::read(body, &SCHEMA, &[])?;
        Ok(Role { name, queues: names(queues) })
    }
}

impl RoleChange {
    /// What it is validated with.
    pub(crate) fn schema_document() -> Value {
        fields::published::<Self>(&[], &[])
    }

    /// A role of this name.
    pub(crate) fn read(name: String, body: &[u8]) -> Result<Role, Problem> {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(fields::schema_of::<RoleChange>);
        let (Self::List(queues) | Self::Object(RoleQueues { queues, .. })) = fields::read(body, &SCHEMA, &[])?;
        Ok(Role { name, queues: names(queues) })
    }
}

fn names(queues: Vec<QueueName>) -> Vec<String> {
    queues.into_iter().map(|QueueName(name)| name).collect()
}

pub(crate) fn role_body(role: &Role) -> OneRole<'_> {
    OneRole { role: &role.name, queues: &role.queues }
}

pub(crate) fn roles(roles: &[Role], details: bool) -> Roles<'_> {
    Roles {
        roles: roles.iter().map(|role| role.name.as_str()).collect(),
        details: details.then(|| roles.iter().map(role_body).collect()),
    }
}
