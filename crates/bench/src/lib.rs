//! Workloads on real stores and real workers, and what they cost beside the limit of the machine.
//!
//! W1 drain, W3 latency; each several times in one run, with the bare Lua worker beside them. Figures are for
//! reports and decisions: machines are shared and noisy, so medians and ratios of one run are what counts.

pub mod bare;
mod drain;
pub mod http;
mod latency;
mod load;
mod place;
mod report;
mod usage;

pub use drain::{Drain, drain};
pub use latency::latency;
pub use place::Place;
pub use report::{Spread, machine};
