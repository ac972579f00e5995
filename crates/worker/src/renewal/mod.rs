//! The renewal: keeps leases, carries heartbeats, learns of cancellations and of tasks that were taken away, and says that
//! the worker is alive. It has a thread, a runtime and a store connection of its own: nothing that handlers or the claim
//! loop do holds it up.

mod load;
mod renewer;
#[cfg(test)]
mod tests;
mod thread;

pub(crate) use load::Capacity;
pub(crate) use renewer::Renewer;
pub(crate) use thread::{Connect, RenewalThread};
