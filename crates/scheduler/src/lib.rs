//! The Jobbers scheduler: moves tasks whose time has come into their queues, takes tasks from workers that died, drops what
//! nobody can run, and removes what ended long ago.
//!
//! Any number may run: every step is atomic in the store, and decisions are applied only to what was decided on. It needs
//! no task code, since records carry their policies. It never ends because the store is away.

mod announce;
mod command;
mod dropping;
mod evidence;
mod expiry;
mod promotion;
mod pruning;
mod queues;
mod reaping;
mod removals;
mod scheduler;
mod settings;
mod trimming;
mod unknown;

pub use command::main;
pub use scheduler::run;
pub use settings::{Retention, SchedulerSettings, UnknownTaskGrace};
