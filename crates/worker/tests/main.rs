//! The worker library on real stores, and the stock worker as a process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod commands;
mod executors;
mod handlers;
mod outage;
mod place;
mod process;
mod python;
mod running;
