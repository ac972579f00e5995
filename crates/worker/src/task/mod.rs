//! What a task is to its worker: a definition made by `#[task]`, its handler, what goes into it and what comes out.

mod argument;
mod context;
mod data;
mod definition;
pub(crate) mod error;
mod expected;
mod handler;
mod params;
mod raised;
mod tasks;

pub use argument::{Argument, Call, Needs};
pub use context::TaskContext;
pub use data::Data;
pub(crate) use data::State;
pub(crate) use definition::Run;
pub use definition::{Definition, Task};
pub use error::{BoxError, TaskError};
pub use expected::ExpectedErrors;
pub use handler::{AsyncHandler, BlockingHandler, HandlerResult};
pub use params::Params;
pub use raised::HandlerError;
pub(crate) use raised::short_type_name;
pub use tasks::{InvalidTasks, Tasks};
