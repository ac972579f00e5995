//! The fault matrix: what goes wrong in operation, done on purpose to the real programs, and an accounting afterwards.
//!
//! A [`Scenario`] is a workload and a fault. Handlers write down what they do in a [`journal`](journal::Journal), outside of
//! Jobbers, and so does whoever does the damage. In the end [`check`] compares what clients were told, what the API says
//! and what the journal tells. The same scenarios run short as tests, and for minutes in `jobbers_soak`. On Linux only: it takes signals, a clock
//! in `/proc` and `libfaketime`.

pub mod account;
pub mod bed;
pub mod chance;
pub mod check;
pub mod client;
pub mod figures;
pub mod journal;
pub mod plan;
pub mod proxy;
pub mod record;
pub mod recorded;
pub mod report;
pub mod scenario;
pub mod table;
pub mod tally;

pub use bed::{Bed, Length};
pub use chance::Chance;
pub use report::Report;
pub use scenario::Scenario;
