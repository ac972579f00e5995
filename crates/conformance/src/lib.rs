//! What every Jobbers store must do.
//!
//! A scenario is an async function over an [`Environment`]; [`scenarios!`] makes each a named test of a store, such
//! as `sqlite::claim_is_exclusive`. To add one: write it as `pub async fn` in `scenario/`, and list it in
//! `scenario/list.rs` or the `list_….rs` of its subject. What may rightly differ between stores is a field of [`Capabilities`].

pub mod cleaner;
pub mod environment;
pub mod flaky;
pub mod interleaving;
pub mod life;
pub mod oracle;
pub mod sample;
pub mod scenario;
pub mod scheduler;
pub mod server;
pub mod worker;

pub use environment::{Backend, Capabilities, Environment};
pub use worker::Worker;
