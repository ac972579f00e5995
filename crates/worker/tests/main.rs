//! The worker library on real stores, and the stock worker as a process.

mod handlers;
mod outage;
mod place;
mod process;
mod running;
