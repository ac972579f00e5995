//! The Jobbers worker: claims tasks and runs their handlers.
//!
//! A task is a function with `#[task]`. It takes what it needs as arguments, in any order: [`Params`], its parameters;
//! [`Data`], state that the worker shares; [`TaskContext`], what is known of the task, and the way to say how far it is.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use jobbers_worker::{Data, Params, TaskContext, Tasks, task};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! # mod reqwest {
//! #     #[derive(Debug, thiserror::Error)]
//! #     #[error("no connection")]
//! #     pub struct Error;
//! # }
//! # #[derive(Debug, thiserror::Error)]
//! # enum ReportError {
//! #     #[error(transparent)]
//! #     Http(#[from] reqwest::Error),
//! #     #[error(transparent)]
//! #     Io(#[from] std::io::Error),
//! # }
//! # struct Db;
//! # impl Db {
//! #     async fn sections(&self, report: u64) -> Result<Vec<u64>, reqwest::Error> { Ok(vec![report]) }
//! # }
//! # async fn render(_: u64) -> Result<(), std::io::Error> { Ok(()) }
//! # #[derive(Serialize)]
//! # struct ReportUrl { url: String }
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Report { report_id: u64 }
//!
//! #[task(
//!     version = 1, max_retries = 3, retry_delay = 30, backoff = "exponential_jitter", max_retry_delay = 300,
//!     dead_letter = "save", timeout = 120, max_heartbeat_interval = 300, max_concurrent = 2, on_shutdown = "stop",
//!     expected_errors(reqwest::Error, std::io::Error),
//! )]
//! async fn generate_report(Params(p): Params<Report>, Data(db): Data<Db>, task: TaskContext) -> Result<ReportUrl, ReportError> {
//!     for section in db.sections(p.report_id).await? {
//!         render(section).await?;
//!         task.heartbeat();
//!     }
//!     Ok(ReportUrl { url: format!("https://reports.example/{}", p.report_id) })
//! }
//!
//! fn main() -> ExitCode {
//!     let db = Db;
//!     jobbers_worker::main(Tasks::new().data(db).register(generate_report))
//! }
//! ```
//!
//! # What is promised
//!
//! A handler runs at least once, and never twice at the same time under a live lease: the worker renews the lease of a task
//! from its claim until the store has taken its end. Asynchronous handlers are interrupted at an `await` when the task is
//! cancelled, its time is over or the worker shuts down; blocking ones (a plain `fn`) have to look at
//! [`TaskContext::is_cancelled`]. An attempt has ended only when its code has stopped. A handler that does not stop within
//! its `cancel_grace` keeps its slot and lease; the worker then claims nothing more, lets the others end, and ends with exit
//! code 1, so that its supervisor starts a clean one.
//!
//! While the store is away handlers go on; their results are kept and delivered when it is back.
//!
//! Asynchronous handlers share a few threads, apart from the worker's own: one that computes for long without an `await`
//! holds up its like. Blocking handlers get a thread each.

extern crate self as jobbers_worker;

pub mod attempt;
mod claim;
mod command;
pub mod demo;
pub mod executor;
#[cfg(test)]
mod fake;
pub mod guard;
pub mod manifest;
mod module;
mod renewal;
mod settings;
mod signals;
mod task;
mod worker;

pub use claim::Counts;
pub use command::{main, stock_main};
pub use executor::PythonSettings;
pub use jobbers_core::model;
pub use jobbers_macros::task;
pub use module::{ModuleError, PythonModule, Started, TaskModule};
pub use schemars;
pub use settings::WorkerSettings;
pub use task::{
    Argument, AsyncHandler, BlockingHandler, BoxError, Call, Data, Definition, ExpectedErrors, HandlerError,
    HandlerResult, InvalidTasks, Needs, Params, Task, TaskContext, TaskError, Tasks,
};
pub use worker::{WorkerEnd, run};
