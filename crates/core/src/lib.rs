//! What every Jobbers process shares: the task model, its lifecycle, the stores behind one seam,
//! the operations on them, and how a process is set up.
//!
//! Imports go one way: `model ← lifecycle ← store ← operation`. Only `process` names adapters; only
//! `store::redis` knows Redis, only `store::sqlite` and `routing` know SQL.

pub mod lifecycle;
pub mod model;
pub mod operation;
pub mod process;
pub mod routing;
pub mod sql;
pub mod store;
