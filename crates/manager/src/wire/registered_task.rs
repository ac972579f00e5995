use jobbers_core::model::{Policy, WorkerId};
use jobbers_core::operation::Registered;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::schemas::{AnyJson, AnyObject, ProcessId};
use serde_json::Value;

/// The reply of `GET /registered-tasks`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegisteredTasks<'r> {
    /// By name and version.
    tasks: Vec<RegisteredTask<'r>>,
}

/// A task type that a worker has registered.
#[derive(Debug, Serialize, ToSchema)]
struct RegisteredTask<'r> {
    name: &'r str,
    version: u32,
    /// Where a submission goes that names no queue.
    queue: &'r str,
    /// How its tasks are treated; durations in seconds.
    #[schema(value_type = AnyObject)]
    configuration: &'r Policy,
    /// JSON Schema; null if anything goes.
    #[schema(value_type = AnyJson)]
    parameters_schema: Option<&'r Value>,
    /// Live workers that can run it.
    #[schema(value_type = Vec<ProcessId>)]
    workers: &'r [WorkerId],
}

pub(crate) fn registered_tasks(registered: &Registered) -> RegisteredTasks<'_> {
    let tasks = registered.catalogue.types().map(|known| {
        let registration = &known.registration;
        RegisteredTask {
            name: &registration.task_type.name,
            version: registration.task_type.version,
            queue: &registration.queue,
            configuration: &registration.policy,
            parameters_schema: registration.parameters_schema.as_ref(),
            workers: registered.workers.get(&registration.task_type).map_or(&[], Vec::as_slice),
        }
    });
    RegisteredTasks { tasks: tasks.collect() }
}
