use jobbers_core::model::{TaskId, WorkerId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::schemas::{Id, ProcessId};

/// The reply of `DELETE /tasks/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Forgotten {
    pub(crate) message: &'static str,
    #[schema(value_type = Id)]
    pub(crate) task_id: TaskId,
}

/// The reply of `POST /workers/{id}/drain`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Draining {
    pub(crate) message: &'static str,
    #[schema(value_type = ProcessId)]
    pub(crate) worker: WorkerId,
}
