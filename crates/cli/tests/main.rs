//! The real program against a real manager, worker and scheduler: those that `jobbers dev` runs.

mod batch;
mod client;
mod harness;
mod lists;
mod output;
mod purge;
mod queues;
mod sign;
mod steer;
mod submit;
mod survey;
mod usage;
mod watch;
