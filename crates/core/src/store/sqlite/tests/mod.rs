//! Each step on real files: alone, sent twice, too late, in races of two processes, after a restart.

mod bed;
mod cancelling;
mod claiming;
mod directory;
mod expiring;
mod files;
mod finishing;
mod forgetting;
mod histories;
mod leases;
mod listing;
mod plans;
mod purging;
mod ranking;
mod rates;
mod routing;
mod scheduling;
mod signals;
mod submitting;
mod throughput;
mod totals;
mod turns;
mod upgrading;
mod upkeep;
mod waking;
