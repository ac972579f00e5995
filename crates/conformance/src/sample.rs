//! Tasks, types and ends as scenarios use them.

use std::time::Duration;

use bytes::Bytes;
use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{EndDetail, EndKind, NewTask, Policy, Registration, TaskId, TaskType, When, WorkerId};

use crate::environment::START;

/// The lease that scenarios use where they name none.
pub const LEASE: Duration = Duration::from_secs(10);
pub const QUEUE: &str = "default";

/// The n-th id.
pub fn id(n: u64) -> TaskId {
    TaskId::from_parts(START.as_millis(), u128::from(n))
}

pub fn worker_id(n: u8) -> WorkerId {
    WorkerId::from_bytes([0xA0, n, 0, 0, 0, 0, 0, n])
}

pub fn alpha() -> TaskType {
    TaskType::new("alpha", 1)
}

pub fn beta() -> TaskType {
    TaskType::new("beta", 1)
}

/// A task of type alpha that may start now.
pub fn task(n: u64) -> NewTask {
    let parameters = format!(r#"{{"number":{n}}}"#);
    NewTask {
        id: id(n),
        task_type: alpha(),
        queue: QUEUE.to_owned(),
        priority: 5,
        when: When::Now,
        parameters: Bytes::from(parameters),
        metadata: None,
        trace_id: None,
        fingerprint: n.to_be_bytes(),
        expires_at: None,
        idempotency_key: None,
    }
}

/// Tasks of type alpha that may start now.
pub fn tasks(numbers: impl IntoIterator<Item = u64>) -> Vec<NewTask> {
    numbers.into_iter().map(task).collect()
}

pub fn task_of(task_type: TaskType, n: u64) -> NewTask {
    NewTask { task_type, ..task(n) }
}

pub fn task_in(queue: &str, n: u64) -> NewTask {
    NewTask { queue: queue.to_owned(), ..task(n) }
}

/// A task that may start after some seconds.
pub fn task_after(seconds: u64, n: u64) -> NewTask {
    NewTask { when: When::After(Duration::from_secs(seconds)), ..task(n) }
}

/// What a worker publishes of a type.
pub fn registration(task_type: TaskType, policy: Policy) -> Registration {
    Registration { task_type, queue: QUEUE.to_owned(), policy, parameters_schema: None }
}

pub fn end(kind: EndKind, error: &str) -> EndDetail {
    EndDetail { kind, error: error.to_owned(), error_type: "SampleError".to_owned(), backtrace: None }
}

pub fn completed(result: &'static str) -> Outcome {
    Outcome::Completed(Bytes::from_static(result.as_bytes()))
}

/// An error without retry.
pub fn failed(error: &str) -> Outcome {
    Outcome::Failed(end(EndKind::Failed, error))
}

/// An error that is retried as the policy says: by default at once, three times.
pub fn failed_expectedly(error: &str) -> Outcome {
    Outcome::FailedExpectedly { end: end(EndKind::Failed, error), retry_after: None }
}

/// An error that is retried after some seconds.
pub fn failed_for_later(error: &str, seconds: u64) -> Outcome {
    let retry_after = Some(Duration::from_secs(seconds));
    Outcome::FailedExpectedly { end: end(EndKind::Failed, error), retry_after }
}

pub fn handed_back() -> Outcome {
    Outcome::HandedBack(end(EndKind::HandedBack, "the worker stops"))
}

pub fn stopped() -> Outcome {
    Outcome::Stopped(end(EndKind::Stalled, "the worker stops"))
}

pub fn confirmed_cancelled() -> Outcome {
    Outcome::Cancelled(end(EndKind::Cancelled, "stopped on request"))
}
