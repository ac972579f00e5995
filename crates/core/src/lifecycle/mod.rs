//! Pure decisions: what may happen to a task, and what becomes of it after an attempt.
//! No I/O, no clock, no randomness: what varies is a parameter.

pub mod backoff;
mod decision;
mod outcome;
mod step;
pub mod table;
mod transition;

pub use decision::{LeaseOver, after_attempt, after_lease_over, after_silence};
pub use outcome::Outcome;
pub use step::{Event, Refused, step};
pub use transition::{Destination, Position, Transition};
