//! The claim loop, on a store that does as it is told and on paused time.

mod batches;
mod live;
mod rate;
mod rig;
mod stopped;
mod stopping;
mod stuck;
mod turns;
