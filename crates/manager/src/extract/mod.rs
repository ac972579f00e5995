//! What routes take from a request.

mod body;
mod task_id;
mod wait;

pub(crate) use body::JsonBody;
pub(crate) use task_id::TaskIdInPath;
pub(crate) use wait::Wait;
