//! What routes take from a request.

mod admin;
mod batch;
mod body;
mod configure_query;
mod errors_query;
mod idempotency_key;
mod list_params;
mod list_query;
mod name;
mod query;
mod task_id;
mod wait;
mod worker_id;

pub(crate) use admin::Admin;
pub(crate) use batch::BatchBody;
pub(crate) use body::JsonBody;
pub(crate) use configure_query::{DetailsParams, ForceParams, PurgeParams, details, force, purge_query};
pub(crate) use errors_query::{ErrorsParams, errors_query};
pub(crate) use idempotency_key::{Key, NoKey};
pub(crate) use list_params::{ActiveParams, AllParams, DeadParams, OlderParams};
pub(crate) use list_query::{ListQuery, OrderBy, TaskList};
pub(crate) use name::NameInPath;
pub(crate) use query::Query;
pub(crate) use task_id::TaskIdInPath;
pub(crate) use wait::Wait;
pub(crate) use worker_id::WorkerIdInPath;
