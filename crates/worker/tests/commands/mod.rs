//! Tasks that are commands: real shells, and the guard as a process.

mod deaths;
mod ends;
mod leftovers;
pub mod rig;
mod runs;
