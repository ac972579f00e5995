//! The guard: one small process between a worker and all processes that it starts.
//!
//! A worker may be killed with no chance to end what it has started, and those may have started others, in sessions of their
//! own. No signal on the death of a parent reaches all of them. So the worker starts one guard, which starts everything else:
//! it is the reaper of all its descendants, also of those whose own parents are gone, and when its socket to the worker closes
//! it kills them, until none is left, and ends.
//!
//! If the guard itself is killed, the worker kills what it had started (recognised by a mark in their environment), says of each
//! that it was lost, and starts another guard with the next process.

mod child;
mod children;
mod connection;
mod frame;
mod handle;
mod launch;
mod limited;
mod marked;
mod program;
mod server;

pub use child::{Child, End};
pub use handle::{Guard, GuardError};
pub use launch::{Launch, Limits, Streams};
pub use program::main_if_asked;
