//! Plain types: no I/O, no clock, no randomness.

mod attempt;
mod error_group;
mod id;
mod name;
mod policy;
mod queue;
mod rate_limit;
mod registration;
mod role;
mod status;
mod submission;
mod task;
mod task_type;
mod time;
mod worker;

pub use attempt::{AttemptEnd, EndDetail, EndKind};
pub use error_group::{ErrorFingerprint, ErrorGroup, ErrorKind};
pub use id::{InvalidId, PolicyRef, TaskId, Token, WorkerId};
pub use name::{InvalidName, check_name};
pub use policy::{Backoff, DeadLetter, OnShutdown, Policy};
pub use queue::{DEFAULT_MAX_CONCURRENT, DEFAULT_QUEUE, Queue};
pub use rate_limit::{InvalidPeriod, Period, RateLimit};
pub use registration::Registration;
pub use role::{DEFAULT_ROLE, Role};
pub use status::Status;
pub use submission::{DEFAULT_PRIORITY, Fingerprint, IdempotencyKey, LOWEST_PRIORITY, NewTask, When};
pub use task::{Progress, Task};
pub use task_type::TaskType;
pub use time::{InvalidTime, Timestamp};
pub use worker::{ProcessInfo, ProcessKind, WorkerLoad};
