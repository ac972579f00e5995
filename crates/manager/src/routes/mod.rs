//! One file per resource.

pub(crate) mod again;
pub(crate) mod batch;
pub(crate) mod bulk;
pub(crate) mod cancel;
pub(crate) mod dead_letters;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod forget;
pub(crate) mod health;
pub(crate) mod lists;
pub(crate) mod openapi;
pub(crate) mod pause;
pub(crate) mod purge;
pub(crate) mod queue_stats;
pub(crate) mod queues;
pub(crate) mod registered_tasks;
pub(crate) mod roles;
pub(crate) mod root;
pub(crate) mod schedule_task;
pub(crate) mod submit_task;
pub(crate) mod tasks;
pub(crate) mod workers;
