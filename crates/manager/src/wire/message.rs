use serde::Serialize;
use utoipa::ToSchema;

use super::task::{OlderTask, TaskBody};

/// The replies of older routes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaskMessage)]
pub(crate) struct Message<'t> {
    pub(crate) message: &'static str,
    #[schema(value_type = OlderTask)]
    pub(crate) task: TaskBody<'t>,
}
