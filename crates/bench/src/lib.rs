//! Workloads on real stores and real workers, and what they cost beside the limit of the machine.
//!
//! Each workload is run several times, in turns with what it is compared with. Figures are for reports and decisions:
//! machines are shared and noisy, so medians and ratios of one run are what counts.

mod bare;
mod bench;
mod command;
mod drain;
mod http;
mod load;
mod meter;
mod place;
mod report;
mod usage;
mod workload;

pub use command::Command;
