//! The cleaner on the embedded store, and as a process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cleaning;
mod place;
mod process;
