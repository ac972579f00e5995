use std::collections::HashMap;

use jobbers_core::model::{Queue, Registration, TaskType};
use jobbers_core::store::{Claim, MAX_BATCH, QueueSlots, TypeSlots};

/// A worker's places, in all, per queue and per task type. A slot is taken from the claim until the end of the attempt.
#[derive(Debug)]
pub(crate) struct Slots {
    free: u32,
    taken_of_queue: HashMap<String, u32>,
    types: Vec<TypeSlot>,
    places: HashMap<TaskType, usize>,
}

#[derive(Debug)]
struct TypeSlot {
    template: TypeSlots,
    limit: Option<u32>,
    taken: u32,
}

impl Slots {
    pub(crate) fn new(total: u32, registrations: &[Registration]) -> Self {
        let types: Vec<TypeSlot> = registrations
            .iter()
            .map(|Registration { task_type, policy, .. }| TypeSlot {
                template: TypeSlots {
                    task_type: task_type.clone(),
                    free: 0,
                    total: policy.max_concurrent_total,
                    policy: policy.reference(),
                    max_heartbeat_interval: policy.max_heartbeat_interval,
                },
                limit: policy.max_concurrent,
                taken: 0,
            })
            .collect();
        let places = types.iter().enumerate().map(|(place, slot)| (slot.template.task_type.clone(), place)).collect();
        Self { free: total, taken_of_queue: HashMap::new(), types, places }
    }

    /// The place of a task type among the registrations.
    pub(crate) fn place(&self, of: &TaskType) -> Option<usize> {
        self.places.get(of).copied()
    }

    pub(crate) fn free(&self) -> u32 {
        self.free
    }

    pub(crate) fn take(&mut self, queue: &str, place: usize) {
        self.free = self.free.saturating_sub(1);
        match self.taken_of_queue.get_mut(queue) {
            Some(taken) => *taken += 1,
            None => {
                self.taken_of_queue.insert(queue.to_owned(), 1);
            }
        }
        self.types[place].taken += 1;
    }

    pub(crate) fn release(&mut self, queue: &str, place: usize) {
        self.free += 1;
        if let Some(taken) = self.taken_of_queue.get_mut(queue) {
            *taken = taken.saturating_sub(1);
        }
        self.types[place].taken = self.types[place].taken.saturating_sub(1);
    }

    /// What could be claimed now: never more than `most` tasks, nothing from a queue that is paused, and nothing rather than
    /// from an empty set. What holds over all workers is for the store to count.
    pub(crate) fn claim(&self, queues: &[Queue], most: u32, token_seed: [u8; 6]) -> Option<Claim> {
        let tasks = self.free.min(most).min(u32::try_from(MAX_BATCH).unwrap_or(u32::MAX));
        if tasks == 0 {
            return None;
        }
        let queues: Vec<QueueSlots> = queues
            .iter()
            .filter(|queue| !queue.paused)
            .map(|queue| {
                let taken = self.taken_of_queue.get(&queue.name).copied().unwrap_or(0);
                let free = queue.max_concurrent.map_or(tasks, |limit| limit.saturating_sub(taken).min(tasks));
                QueueSlots { queue: queue.name.clone(), free, total: queue.max_concurrent_total, rate: queue.rate }
            })
            .filter(|queue| queue.free > 0)
            .collect();
        let types: Vec<TypeSlots> = self
            .types
            .iter()
            .map(|slot| {
                let free = slot.limit.map_or(tasks, |limit| limit.saturating_sub(slot.taken).min(tasks));
                (slot, free)
            })
            .filter(|(_, free)| *free > 0)
            .map(|(slot, free)| TypeSlots { free, ..slot.template.clone() })
            .collect();
        if queues.is_empty() || types.is_empty() {
            return None;
        }
        Some(Claim { tasks, queues, types, token_seed })
    }
}

#[cfg(test)]
mod tests {
    use jobbers_core::model::{Period, Policy, RateLimit};

    use super::*;

    fn registration(name: &str, max_concurrent: Option<u32>) -> Registration {
        Registration {
            task_type: TaskType::new(name, 1),
            queue: "default".to_owned(),
            policy: Policy { max_concurrent, ..Policy::default() },
            parameters_schema: None,
        }
    }

    fn queue(name: &str, max_concurrent: Option<u32>) -> Queue {
        Queue { name: name.to_owned(), max_concurrent, ..Queue::default() }
    }

    type Free<'a> = Vec<(&'a str, u32)>;

    fn free(claim: &Claim) -> (Free<'_>, Free<'_>) {
        (
            claim.queues.iter().map(|queue| (queue.queue.as_str(), queue.free)).collect(),
            claim.types.iter().map(|of| (of.task_type.name.as_str(), of.free)).collect(),
        )
    }

    #[test]
    fn a_claim_asks_for_what_is_free_in_all_per_queue_and_per_type() {
        let mut slots = Slots::new(5, &[registration("one", Some(1)), registration("many", None)]);
        let queues = [queue("small", Some(2)), queue("open", None)];
        let claim = slots.claim(&queues, u32::MAX, [0; 6]).unwrap();
        assert_eq!(claim.tasks, 5);
        assert_eq!(free(&claim), (vec![("small", 2), ("open", 5)], vec![("one", 1), ("many", 5)]));

        slots.take("small", 0);
        slots.take("small", 1);
        let claim = slots.claim(&queues, u32::MAX, [0; 6]).unwrap();
        assert_eq!(claim.tasks, 3);
        assert_eq!(free(&claim), (vec![("open", 3)], vec![("many", 3)]));

        slots.release("small", 0);
        let claim = slots.claim(&queues, u32::MAX, [0; 6]).unwrap();
        assert_eq!(free(&claim), (vec![("small", 1), ("open", 4)], vec![("one", 1), ("many", 4)]));
    }

    #[test]
    fn limits_over_all_workers_are_told_and_a_paused_queue_is_left_out() {
        let mut of = registration("one", Some(1));
        of.policy.max_concurrent_total = Some(3);
        let slots = Slots::new(5, &[of, registration("many", None)]);
        let rate = Some(RateLimit { numerator: 100, denominator: 2, period: Period::Second });
        let limited = Queue { max_concurrent_total: Some(8), rate, ..queue("limited", Some(2)) };
        let paused = Queue { paused: true, ..queue("paused", None) };
        let claim = slots.claim(&[limited, paused.clone(), queue("open", None)], u32::MAX, [0; 6]).unwrap();
        let queues: Vec<_> = claim.queues.iter().map(|queue| (&*queue.queue, queue.total, queue.rate)).collect();
        assert_eq!(queues, [("limited", Some(8), rate), ("open", None, None)]);
        assert_eq!(claim.types.iter().map(|of| of.total).collect::<Vec<_>>(), [Some(3), None]);
        assert!(slots.claim(&[paused], u32::MAX, [0; 6]).is_none());
    }

    #[test]
    fn a_lowered_limit_claims_nothing_until_less_than_that_runs() {
        let mut slots = Slots::new(10, &[registration("many", None)]);
        for _ in 0..4 {
            slots.take("small", 0);
        }
        let queues = [queue("small", Some(2))];
        for _ in 0..2 {
            assert!(slots.claim(&queues, u32::MAX, [0; 6]).is_none());
            slots.release("small", 0);
        }
        assert!(slots.claim(&queues, u32::MAX, [0; 6]).is_none(), "as many as it may");
        slots.release("small", 0);
        assert_eq!(slots.claim(&queues, u32::MAX, [0; 6]).unwrap().queues[0].free, 1);
    }

    #[test]
    fn nothing_is_claimed_without_a_slot_a_queue_or_a_type() {
        let mut slots = Slots::new(1, &[registration("one", Some(1))]);
        let queues = [queue("open", None)];
        assert!(slots.claim(&[], u32::MAX, [0; 6]).is_none());
        assert!(slots.claim(&queues, 0, [0; 6]).is_none());
        slots.take("open", 0);
        assert!(slots.claim(&queues, u32::MAX, [0; 6]).is_none());
    }

    #[test]
    fn a_claim_is_no_larger_than_a_batch_and_than_what_is_left() {
        let slots = Slots::new(2000, &[registration("many", None)]);
        let queues = [queue("open", None)];
        assert_eq!(slots.claim(&queues, u32::MAX, [0; 6]).map(|claim| claim.tasks), Some(500));
        assert_eq!(slots.claim(&queues, 3, [0; 6]).map(|claim| claim.tasks), Some(3));
    }
}
