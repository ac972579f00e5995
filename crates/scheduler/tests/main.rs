//! The scheduler on the embedded store, and as a process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod dropping;
mod place;
mod process;
mod promoting;
mod pruning;
mod reaping;
mod removals;
mod trimming;
