//! The commands `jobbers` and `jobbers_migrate`.
//!
//! `jobbers dev` runs everything in one process; the other commands speak to a manager over HTTP.

mod cancel;
mod command;
mod dev;
mod failure;
mod manager;
mod migrate;
mod parameters;
mod show;
mod status;
mod submit;
mod waiting;

pub use command::main;
pub use migrate::main as migrate_main;
