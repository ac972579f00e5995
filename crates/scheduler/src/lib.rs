//! The Jobbers scheduler: moves tasks whose time has come into their queues, and takes tasks from workers that died.
//!
//! Any number may run: every step is atomic in the store, and decisions are applied only to what was decided on. It needs
//! no task code, since records carry their policies. It never ends because the store is away.

mod announce;
mod command;
mod evidence;
mod expiry;
mod outage;
mod promotion;
mod queues;
mod reaping;
mod scheduler;
mod settings;

pub use command::main;
pub use scheduler::run;
pub use settings::SchedulerSettings;
