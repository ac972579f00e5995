//! What is done with dead letters.

mod discard;
mod errors;
mod revive;

pub use discard::Discarded;
pub use revive::{Revival, Revived, Which};
