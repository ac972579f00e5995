//! Servers that tests need, started on free ports and ended with the test.

mod guard;
mod port;
pub mod postgres;
pub mod redis;

pub use guard::{Guard, Signal, signal};
pub use port::free_port;
