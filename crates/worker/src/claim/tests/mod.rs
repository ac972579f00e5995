//! The claim loop, on a store that does as it is told and on paused time.

mod rig;
mod stopping;
mod stuck;
mod turns;
