use jobbers_core::store::{Claim, QueueSlots, TurnReply};

/// The queues whose tasks are announced to this worker.
///
/// What is announced to a worker is not announced to another: so it leaves a queue from which it cannot claim any more,
/// because it was taken from its role, is paused, or runs as much as one worker may.
#[derive(Debug, Default)]
pub(super) struct Parked {
    is_parked: bool,
    queues: Vec<String>,
}

impl Parked {
    pub(super) fn is_parked(&self) -> bool {
        self.is_parked
    }

    /// The claim with the queues that are to be left, from which nothing is claimed; if there is nothing to claim, a claim
    /// that does nothing but leave them.
    pub(super) fn leave(&self, claim: Option<Claim>) -> Option<Claim> {
        if !self.is_parked {
            return claim;
        }
        let mut claim = claim.unwrap_or(Claim { tasks: 0, queues: Vec::new(), types: Vec::new(), token_seed: [0; 6] });
        let left = |queue: &&String| !claim.queues.iter().any(|slots| slots.queue == **queue);
        let left: Vec<QueueSlots> = self.queues.iter().filter(left).map(|queue| empty(queue)).collect();
        claim.queues.extend(left);
        Some(claim).filter(|claim| !claim.queues.is_empty())
    }

    /// Takes in the answer to a turn.
    pub(super) fn see(&mut self, reply: &TurnReply, claim: Option<Claim>) {
        self.is_parked = reply.parked;
        self.queues.clear();
        if let Some(claim) = claim.filter(|_| reply.parked) {
            self.queues.extend(claim.queues.into_iter().filter(|slots| slots.free > 0).map(|slots| slots.queue));
        }
    }
}

fn empty(queue: &str) -> QueueSlots {
    QueueSlots { queue: queue.to_owned(), free: 0, ..QueueSlots::default() }
}

#[cfg(test)]
mod tests {
    use jobbers_core::model::Timestamp;

    use super::*;

    fn claim(queues: &[(&str, u32)]) -> Claim {
        let slots = |(queue, free): &(&str, u32)| QueueSlots { free: *free, ..empty(queue) };
        Claim { tasks: 3, queues: queues.iter().map(slots).collect(), types: Vec::new(), token_seed: [0; 6] }
    }

    fn reply(parked: bool) -> TurnReply {
        let now = Timestamp::from_millis(0);
        TurnReply { now, finished: Vec::new(), claimed: Vec::new(), parked, next_slot: None }
    }

    fn named(claim: Option<&Claim>) -> Vec<(&str, u32)> {
        claim.into_iter().flat_map(|claim| &claim.queues).map(|slots| (slots.queue.as_str(), slots.free)).collect()
    }

    #[test]
    fn a_worker_leaves_the_queues_from_which_it_cannot_claim_any_more() {
        let mut parked = Parked::default();
        parked.see(&reply(true), Some(claim(&[("a", 3), ("b", 2)])));
        let next = parked.leave(Some(claim(&[("b", 1)])));
        assert_eq!(named(next.as_ref()), [("b", 1), ("a", 0)]);
        let none = parked.leave(None).unwrap();
        assert_eq!((none.tasks, named(Some(&none))), (0, vec![("a", 0), ("b", 0)]));
        // Once is enough.
        parked.see(&reply(true), next);
        assert_eq!(named(parked.leave(Some(claim(&[("b", 1)]))).as_ref()), [("b", 1)]);
        parked.see(&reply(false), Some(none));
        assert!(parked.leave(None).is_none());
    }
}
