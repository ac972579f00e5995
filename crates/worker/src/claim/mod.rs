//! The claim loop: free slots become claims, claimed tasks become attempts, ended attempts become finishes.

mod batch;
mod counts;
mod delivery;
mod parked;
mod patience;
mod queues;
mod rate_slot;
mod running;
mod slots;
#[cfg(test)]
mod tests;
mod turns;
mod watch;

pub use counts::Counts;
pub(crate) use delivery::Delivery;
pub(crate) use queues::{Consumed, follow_queues};
pub(crate) use running::Running;
pub(crate) use slots::Slots;
pub(crate) use turns::{ClaimLoop, LoopEnd};
pub(crate) use watch::{watch_deadlines, watch_shutdown};
