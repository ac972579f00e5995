//! W2 over HTTP: submissions to a manager's process beside a bare endpoint that parses the same JSON and makes one
//! Redis push.
//!
//! Client, server and Redis share the machine, so requests per second say what is left for each; the CPU time a
//! request costs each of them says more. Whoever compares managers names several: they are run in turns.

mod bare;
mod connection;
mod cost;
mod load;
mod shape;
mod side;

pub(crate) use bare::serve;
pub(crate) use cost::{Cost, measure};
pub(crate) use load::Load;
pub(crate) use shape::Shape;
pub(crate) use side::Side;
