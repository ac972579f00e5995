//! What a parked worker waits for. Pure.

use std::collections::{HashMap, HashSet};

use super::rooms::Rooms;
use crate::model::TaskType;
use crate::store::{Claim, ClaimedTask};

/// What a parked worker could still take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Interest {
    /// For tasks of these queues, and of these types, it is woken.
    pub(super) queues: Vec<String>,
    pub(super) types: Vec<TaskType>,
    /// These are full, under their limits over all workers: for a place it is woken, and not for tasks.
    pub(super) full_queues: Vec<(String, u32)>,
    pub(super) full_types: Vec<(TaskType, u32)>,
}

/// Places that are free under limits over all workers, so that as many workers are to be woken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) queues: HashMap<String, u64>,
    pub(super) types: HashMap<TaskType, u64>,
}

/// Tasks that wait, by queue and type.
pub(super) type Waiting = HashMap<(String, TaskType), u64>;

impl Interest {
    /// What is left to wait for after a claim, and with this room after it. Who is held back by the rate limit of a queue
    /// knows when to ask again, and nothing is to wake it for that queue.
    pub(super) fn of(claim: &Claim, claimed: &[ClaimedTask], rooms: &Rooms, held: &HashSet<String>) -> Self {
        let mut queues: HashMap<&str, u32> = HashMap::new();
        let mut types: HashMap<&TaskType, u32> = HashMap::new();
        for task in claimed {
            *queues.entry(&task.queue).or_default() += 1;
            *types.entry(&task.task_type).or_default() += 1;
        }
        let mut interest = Self::default();
        for slots in &claim.queues {
            let name = slots.queue.as_str();
            if slots.free <= queues.get(name).copied().unwrap_or_default() {
                continue;
            }
            match (slots.total, rooms.in_queue(name)) {
                (Some(total), Some(0)) => interest.full_queues.push((name.to_owned(), total)),
                _ if held.contains(name) => {}
                _ => interest.queues.push(name.to_owned()),
            }
        }
        for slots in &claim.types {
            let task_type = &slots.task_type;
            if slots.free <= types.get(task_type).copied().unwrap_or_default() {
                continue;
            }
            match (slots.total, rooms.of_type(task_type)) {
                (Some(total), Some(0)) => interest.full_types.push((task_type.clone(), total)),
                _ => interest.types.push(task_type.clone()),
            }
        }
        interest
    }

    /// Whether it waits for such tasks.
    pub(super) fn covers(&self, queue: &str, task_type: &TaskType) -> bool {
        self.has_queue(queue) && self.has_type(task_type)
    }

    /// Whether it waits for a place.
    pub(super) const fn waits_for_place(&self) -> bool {
        !self.full_queues.is_empty() || !self.full_types.is_empty()
    }

    fn has_queue(&self, queue: &str) -> bool {
        self.queues.iter().any(|name| name == queue)
    }

    fn has_type(&self, task_type: &TaskType) -> bool {
        self.types.contains(task_type)
    }

    fn waits_in(&self, queue: &str) -> bool {
        self.full_queues.iter().any(|(name, _)| name == queue)
    }

    fn waits_of(&self, task_type: &TaskType) -> bool {
        self.full_types.iter().any(|(full, _)| full == task_type)
    }

    /// Gives it the places for a task that waits, if these are what keeps it from it; answers whether they do.
    pub(super) fn take(&self, places: &mut Places, waiting: &mut Waiting) -> bool {
        let taken = waiting.iter_mut().find(|((queue, task_type), tasks)| {
            let (in_queue, of_type) = (self.waits_in(queue), self.waits_of(task_type));
            let queue_is_free = if in_queue { places.is_free_in(queue) } else { self.has_queue(queue) };
            let type_is_free = if of_type { places.is_free_of(task_type) } else { self.has_type(task_type) };
            **tasks > 0 && (in_queue || of_type) && queue_is_free && type_is_free
        });
        let Some(((queue, task_type), tasks)) = taken else { return false };
        *tasks -= 1;
        if self.waits_in(queue) {
            places.lose_in(queue);
        }
        if self.waits_of(task_type) {
            places.lose_of(task_type);
        }
        true
    }

    /// Gives it one of each of the places that it waits for, though no task waits that it could take: when one comes,
    /// somebody is to know that there is room. Answers whether there is anything to give.
    pub(super) fn take_in_advance(&self, places: &mut Places) -> bool {
        let queues: Vec<&String> =
            self.full_queues.iter().map(|(name, _)| name).filter(|name| places.is_free_in(name)).collect();
        let types: Vec<&TaskType> =
            self.full_types.iter().map(|(task_type, _)| task_type).filter(|one| places.is_free_of(one)).collect();
        // A place in a queue is of no use without one of some type.
        let can_start =
            (!queues.is_empty() || !self.queues.is_empty()) && (!types.is_empty() || !self.types.is_empty());
        if !can_start || (queues.is_empty() && types.is_empty()) {
            return false;
        }
        queues.into_iter().for_each(|queue| places.lose_in(queue));
        types.into_iter().for_each(|task_type| places.lose_of(task_type));
        true
    }
}

impl Places {
    pub(super) fn is_empty(&self) -> bool {
        !self.queues.values().chain(self.types.values()).any(|places| *places > 0)
    }

    fn is_free_in(&self, queue: &str) -> bool {
        self.queues.get(queue).is_some_and(|places| *places > 0)
    }

    fn is_free_of(&self, task_type: &TaskType) -> bool {
        self.types.get(task_type).is_some_and(|places| *places > 0)
    }

    fn lose_in(&mut self, queue: &str) {
        if let Some(places) = self.queues.get_mut(queue) {
            *places = places.saturating_sub(1);
        }
    }

    fn lose_of(&mut self, task_type: &TaskType) {
        if let Some(places) = self.types.get_mut(task_type) {
            *places = places.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> TaskType {
        TaskType::new(name, 1)
    }

    fn interest(queues: &[&str], types: &[&str], full_queues: &[&str], full_types: &[&str]) -> Interest {
        Interest {
            queues: queues.iter().map(|name| (*name).to_owned()).collect(),
            types: types.iter().map(|name| of(name)).collect(),
            full_queues: full_queues.iter().map(|name| ((*name).to_owned(), 1)).collect(),
            full_types: full_types.iter().map(|name| (of(name), 1)).collect(),
        }
    }

    fn places(queues: &[(&str, u64)], types: &[(&str, u64)]) -> Places {
        Places {
            queues: queues.iter().map(|(name, places)| ((*name).to_owned(), *places)).collect(),
            types: types.iter().map(|(name, places)| (of(name), *places)).collect(),
        }
    }

    fn waiting(tasks: &[(&str, &str, u64)]) -> Waiting {
        tasks.iter().map(|(queue, name, tasks)| (((*queue).to_owned(), of(name)), *tasks)).collect()
    }

    #[test]
    fn a_place_is_taken_with_a_task_that_waits_for_it() {
        let full = interest(&[], &["a"], &["q"], &[]);
        let mut free = places(&[("q", 2)], &[("a", 2)]);
        let mut tasks = waiting(&[("q", "b", 5), ("p", "a", 5), ("q", "a", 1)]);
        assert!(full.take(&mut free, &mut tasks));
        assert_eq!(free, places(&[("q", 1)], &[("a", 2)]));
        assert!(!full.take(&mut free, &mut tasks), "no other task waits that it could take");
        let mut tasks = waiting(&[("q", "a", 9)]);
        assert!(full.take(&mut free, &mut tasks));
        assert!(!full.take(&mut free, &mut tasks), "no other place is free");
    }

    #[test]
    fn both_places_are_needed_where_queue_and_type_are_full() {
        let full = interest(&["p"], &["b"], &["q"], &["a"]);
        let mut tasks = waiting(&[("q", "a", 9)]);
        assert!(!full.take(&mut places(&[("q", 1)], &[]), &mut tasks));
        assert!(!full.take(&mut places(&[], &[("a", 1)]), &mut tasks));
        let mut free = places(&[("q", 1)], &[("a", 1)]);
        assert!(full.take(&mut free, &mut tasks) && free.is_empty());
        let mut free = places(&[], &[("a", 1)]);
        assert!(full.take(&mut free, &mut waiting(&[("p", "a", 1)])) && free.is_empty());
    }

    #[test]
    fn what_waits_without_a_limit_is_not_woken_for_places() {
        let open = interest(&["q"], &["a"], &["p"], &[]);
        assert!(!open.take(&mut places(&[("q", 1)], &[("a", 1)]), &mut waiting(&[("q", "a", 9)])));
        assert!(!open.take_in_advance(&mut places(&[("q", 1)], &[("a", 1)])));
    }

    #[test]
    fn a_place_is_given_in_advance_only_to_whom_it_may_be_of_use() {
        let mut free = places(&[("q", 1)], &[("a", 1)]);
        assert!(interest(&[], &["b"], &["q"], &[]).take_in_advance(&mut free));
        assert_eq!(free, places(&[("q", 0)], &[("a", 1)]));
        assert!(!interest(&[], &[], &["q"], &["a"]).take_in_advance(&mut free), "the queue is full still");
        assert!(interest(&["p"], &[], &["q"], &["a"]).take_in_advance(&mut free) && free.is_empty());
    }
}
