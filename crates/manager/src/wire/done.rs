use jobbers_core::model::{TaskId, WorkerId};
use serde::Serialize;

/// The reply of `DELETE /tasks/{id}`.
#[derive(Debug, Serialize)]
pub(crate) struct Forgotten {
    pub(crate) message: &'static str,
    pub(crate) task_id: TaskId,
}

/// The reply of `POST /workers/{id}/drain`.
#[derive(Debug, Serialize)]
pub(crate) struct Draining {
    pub(crate) message: &'static str,
    pub(crate) worker: WorkerId,
}
