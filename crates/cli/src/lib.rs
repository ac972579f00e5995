//! The commands `jobbers` and `jobbers_migrate`.
//!
//! `jobbers dev` runs everything in one process; the other commands speak to a manager over HTTP.

mod cancel;
mod command;
mod completions;
mod dead;
mod dev;
mod explain;
mod failed;
mod failure;
mod filter;
mod follow;
mod ids;
mod inspect;
mod list;
mod manager;
mod many;
mod migrate;
mod moment;
mod out;
mod parameters;
mod pause;
mod purge;
mod queues;
mod resubmit;
mod retry;
mod roles;
mod run_now;
mod show;
mod sign;
mod stats;
mod status;
mod submit;
mod types;
mod waiting;
mod workers;

pub use command::main;
pub use migrate::main as migrate_main;
