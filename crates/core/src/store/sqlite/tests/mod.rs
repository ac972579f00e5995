//! Each step on real files: alone, sent twice, too late, in races of two processes, after a restart.

mod bed;
mod cancelling;
mod claiming;
mod directory;
mod files;
mod finishing;
mod leases;
mod plans;
mod scheduling;
mod signals;
mod submitting;
mod throughput;
mod turns;
