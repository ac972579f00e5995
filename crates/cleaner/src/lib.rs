//! The Jobbers cleaner: marks started tasks that are silent as stalled, and removes what is old. It runs once, for cron or
//! a timer, or again and again.
//!
//! Every step is atomic in the store and bounded, so that it may be interrupted at any moment, and run beside others of
//! its kind and any load. It needs no task code, since records carry their policies.

mod breath;
mod chore;
mod clean;
mod command;
mod progress;
mod service;
mod settings;
mod summary;

pub use chore::{Chore, chores};
pub use clean::{Cleaned, End, clean};
pub use command::main;
pub use service::serve;
pub use settings::CleanerSettings;
pub use summary::Summary;
