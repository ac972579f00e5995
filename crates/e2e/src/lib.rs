//! Tests that start the real programs: `tests/` holds the scenarios, this crate what they are made of.
//!
//! The programs must have been built before, with the same profile as the tests: `cargo build --workspace`.

pub mod api;
pub mod crowd;
pub mod fault;
pub mod installation;
pub mod limited;
pub mod operator;
pub mod program;
pub mod silence;
pub mod trace;
pub mod waiting;

pub use api::Api;
pub use crowd::Crowd;
pub use installation::{Installation, Store};
pub use program::Program;
pub use waiting::eventually;
