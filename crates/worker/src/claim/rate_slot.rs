use std::time::Duration;

use jobbers_core::store::TurnReply;
use tokio::time::Instant;

/// Between two claims that a rate limit asks for.
const SHORTEST: Duration = Duration::from_millis(1);

/// When to claim again because a rate limit lets a task start then: by this machine's monotonic clock, since only the
/// store knows the store's. Several workers come at that moment; one gets what there is, and the others learn when the
/// next is.
pub(super) fn next_claim(reply: &TurnReply, answered: Instant) -> Option<Instant> {
    answered.checked_add(reply.next_slot?.since(reply.now).max(SHORTEST))
}

#[cfg(test)]
mod tests {
    use jobbers_core::model::Timestamp;

    use super::*;

    #[test]
    fn the_wait_is_from_one_time_of_the_store_to_another_and_never_nothing() {
        let now = Instant::now();
        let wait = |next_slot: Option<u64>| {
            let next_slot = next_slot.map(Timestamp::from_millis);
            let now_there = Timestamp::from_millis(5_000);
            let reply =
                TurnReply { now: now_there, finished: Vec::new(), claimed: Vec::new(), parked: true, next_slot };
            next_claim(&reply, now).map(|at| at - now)
        };
        assert_eq!(wait(Some(5_700)), Some(Duration::from_millis(700)));
        assert_eq!([wait(Some(5_000)), wait(Some(4_000))], [Some(SHORTEST); 2]);
        assert_eq!(wait(None), None);
    }
}
