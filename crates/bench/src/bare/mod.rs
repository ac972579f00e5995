//! The limit of the machine: a fixed list of Redis calls a task, and nothing that a task service promises.
//!
//! Submit: one value, one list entry. Claim: pop an id, read one value, set its state byte, one zset entry, one small
//! hash. Finish: remove the zset entry, write the hash, one zset entry. Commands that take several members take a batch.

mod drain;
mod exec;
mod latency;
mod submit;

pub use drain::drain;
pub use exec::exec;
pub use latency::latency;
pub use submit::submit;

/// What every key begins with.
const PREFIX: &str = "bare:";
/// Tasks that one call submits.
pub const SUBMIT_BATCH: usize = 500;
/// A value as long as that of a real task with the parameters of the workloads.
const VALUE: [u8; 120] = {
    let mut value = [b' '; 120];
    value[0] = b'W';
    value
};

/// The n-th id.
fn id(number: usize) -> [u8; 16] {
    (number as u128).to_be_bytes()
}
