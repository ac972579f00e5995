//! Packs what `lua/moves.lua` reads.

use super::codec::msgpack;
use crate::lifecycle::{Destination, Position, Transition, likeness};
use crate::model::{EndDetail, TaskId, Token};

pub(super) fn pack(id: TaskId, token: Token, transition: &Transition) -> Vec<u8> {
    let (place, dead_letter, delay) = match &transition.destination {
        Destination::Waiting(Position::Head) => (b'H', false, 0),
        Destination::Waiting(Position::Tail) => (b'T', false, 0),
        Destination::Scheduled(delay) => (b'-', false, milliseconds(*delay)),
        Destination::Failed { dead_letter } => (b'-', *dead_letter, 0),
        Destination::Completed(_) | Destination::Cancelled | Destination::Stalled => (b'-', false, 0),
    };
    let mut bytes = Vec::with_capacity(64);
    bytes.extend_from_slice(&id.to_bytes());
    bytes.extend_from_slice(&token.to_bytes());
    bytes.push(transition.destination.status().code());
    bytes.push(place);
    bytes.extend(
        [
            dead_letter,
            transition.counts_failure,
            transition.counts_lost,
            transition.yields_to_cancel,
            transition.end.is_some(),
        ]
        .map(u8::from),
    );
    bytes.extend_from_slice(&six_bytes(delay));
    let group = transition.end.as_ref().filter(|_| dead_letter).map(group).unwrap_or_default();
    // A kind of error is short: its length always fits.
    bytes.extend_from_slice(&u16::try_from(group.len()).unwrap_or_default().to_be_bytes());
    bytes.extend_from_slice(&group);
    match (&transition.end, &transition.destination) {
        (Some(end), _) => bytes.extend_from_slice(&msgpack::encode_end(end)),
        (None, Destination::Completed(result)) => bytes.extend_from_slice(result),
        (None, _) => {}
    }
    bytes
}

/// Where a move says what is to become of the task, behind its id and token.
pub(super) const WHAT: usize = TaskId::LEN + 8;

/// What dead letters with errors like this one are grouped by: see `lua/groups.lua`.
fn group(end: &EndDetail) -> Vec<u8> {
    let kind = likeness::kind(end);
    let mut bytes = likeness::fingerprint(&kind).to_vec();
    bytes.extend_from_slice(&msgpack::encode_error_kind(&kind));
    if u16::try_from(bytes.len()).is_ok() { bytes } else { Vec::new() }
}

/// A number as scripts read `I6`.
pub(super) fn six_bytes(number: u64) -> [u8; 6] {
    let bytes = number.min((1 << 48) - 1).to_be_bytes();
    [bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]
}

/// A duration in whole milliseconds, rounded up: what is asked to wait never starts too early.
pub(super) fn milliseconds(duration: std::time::Duration) -> u64 {
    // A thousand years are enough, and far from what six bytes hold.
    const MOST: u64 = 1000 * 366 * 86_400_000;
    u64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(MOST).min(MOST)
}
