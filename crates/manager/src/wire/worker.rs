use std::collections::BTreeMap;

use jobbers_core::model::{ProcessKind, TaskType, Timestamp, WorkerId, WorkerLoad};
use jobbers_core::store::Live;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::schemas::{ProcessId, Time};

/// The reply of `GET /workers`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workers<'w> {
    /// The longest alive first.
    pub(crate) workers: Vec<WorkerBody<'w>>,
}

/// A live worker or scheduler.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkerBody<'w> {
    #[schema(value_type = ProcessId)]
    id: WorkerId,
    #[schema(value_type = String, example = "worker")]
    kind: ProcessKind,
    host: &'w str,
    pid: u32,
    /// Of a scheduler none means every queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'w str>,
    queues: &'w [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    slots: Option<Slots<'w>>,
    /// Attempts that run.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<u32>,
    /// It claims nothing more and ends when its attempts have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    draining: Option<bool>,
    /// What it can run.
    #[schema(value_type = Vec<TypeName>)]
    types: &'w [TaskType],
    version: &'w str,
    #[schema(value_type = Time)]
    started_at: Timestamp,
    #[schema(value_type = Time)]
    last_seen: Timestamp,
}

/// The places of a worker.
#[derive(Debug, Serialize, ToSchema)]
struct Slots<'w> {
    total: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    free: Option<u32>,
    /// For tasks of each of its queues.
    free_by_queue: BTreeMap<&'w str, u32>,
    /// For tasks of each of its types.
    free_by_type: Vec<FreeOfType<'w>>,
}

/// The shape of a task type.
#[derive(ToSchema)]
#[schema(as = TaskType)]
#[expect(dead_code, reason = "describes a type of the core, which knows no HTTP")]
struct TypeName {
    name: String,
    version: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct FreeOfType<'w> {
    name: &'w str,
    version: u32,
    free: u32,
}

pub(crate) fn worker_body(live: &Live) -> WorkerBody<'_> {
    let Live { process, last_seen } = live;
    let load = process.load.as_ref();
    WorkerBody {
        id: process.id,
        kind: process.kind,
        host: &process.host,
        pid: process.pid,
        role: process.role.as_deref(),
        queues: &process.queues,
        slots: (process.kind == ProcessKind::Worker).then(|| slots(process.slots, load)),
        running: load.map(|load| load.running),
        draining: load.map(|load| load.draining),
        types: &process.types,
        version: &process.version,
        started_at: process.started_at,
        last_seen: *last_seen,
    }
}

fn slots(total: u32, load: Option<&WorkerLoad>) -> Slots<'_> {
    let by_queue = load.map_or(&[][..], |load| &load.free_by_queue);
    let by_type = load.map_or(&[][..], |load| &load.free_by_type);
    Slots {
        total,
        free: load.map(|load| load.free),
        free_by_queue: by_queue.iter().map(|(queue, free)| (queue.as_str(), *free)).collect(),
        free_by_type: by_type.iter().map(free_of_type).collect(),
    }
}

fn free_of_type((TaskType { name, version }, free): &(TaskType, u32)) -> FreeOfType<'_> {
    FreeOfType { name, version: *version, free: *free }
}
