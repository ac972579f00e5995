//! One file per resource.

pub(crate) mod cancel;
pub(crate) mod health;
pub(crate) mod openapi;
pub(crate) mod root;
pub(crate) mod submit_task;
pub(crate) mod tasks;
