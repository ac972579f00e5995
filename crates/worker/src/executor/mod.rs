//! What runs the code of tasks. Everything else about an attempt (lease, timeout, cancellation, what becomes of the task)
//! is the same for all executors.

mod command;
mod native;
mod panic;
mod python;

use std::fmt::Debug;
use std::time::Duration;

use jobbers_core::model::Registration;

use crate::attempt::Start;

pub use command::Commands;
pub use native::Native;
pub use python::{ImportError, Python, PythonSettings};

/// Runs handlers of some task types.
pub trait Executor: Debug + Send + Sync {
    /// What it can run: each (name, version) once. [`Attempt::type_index`](crate::attempt::Attempt::type_index) counts in
    /// this order.
    fn registrations(&self) -> Vec<Registration>;

    /// Begins these attempts, and does not wait for them.
    ///
    /// It ends each of them through [`Start::end`], after its code has stopped, and not before: also when it panicked or
    /// was interrupted. It says [`Start::begun`] of those that do not end at once. It stops the code when
    /// [`Attempt::interrupted`](crate::attempt::Attempt::interrupted) says so.
    fn start(&self, attempts: Vec<Start>);

    /// What code that does not stop in its `cancel_grace` gets besides, because this ends it by force then. Only after that the
    /// worker gives up on it.
    fn time_to_kill(&self) -> Duration {
        Duration::ZERO
    }
}
