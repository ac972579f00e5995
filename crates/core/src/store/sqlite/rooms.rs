//! What limits over all workers leave of a claim. Pure.

use std::collections::{HashMap, HashSet};

use super::allot::Waiting;
use super::lanes::LaneKey;
use super::rate::Rate;
use crate::model::TaskType;
use crate::store::Claim;

/// Room under limits over all workers: of the queues and types of a claim that have such limits.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// Places, under totals.
    pub(super) queues: HashMap<String, u32>,
    pub(super) types: HashMap<TaskType, u32>,
    pub(super) rates: HashMap<String, Rate>,
}

impl Rooms {
    /// Places of a queue; none if there is no limit.
    pub(super) fn in_queue(&self, queue: &str) -> Option<u32> {
        self.queues.get(queue).copied()
    }

    /// The same of a type.
    pub(super) fn of_type(&self, task_type: &TaskType) -> Option<u32> {
        self.types.get(task_type).copied()
    }

    /// Starts that a queue's rate limit leaves; none if there is no limit.
    pub(super) fn starts(&self, queue: &str) -> Option<u32> {
        self.rates.get(queue).map(Rate::left)
    }

    /// The claim with no more slots than there is room.
    pub(super) fn narrow(&self, claim: &Claim) -> Claim {
        let mut claim = claim.clone();
        for slots in &mut claim.queues {
            let room = [self.in_queue(&slots.queue), self.starts(&slots.queue)].into_iter().flatten().min();
            slots.free = slots.free.min(room.unwrap_or(u32::MAX));
        }
        for slots in &mut claim.types {
            slots.free = slots.free.min(self.of_type(&slots.task_type).unwrap_or(u32::MAX));
        }
        claim
    }

    /// A task takes its place. (Its start is counted for a queue's tasks at once.)
    pub(super) fn take(&mut self, key: &LaneKey) {
        if let Some(room) = self.queues.get_mut(&key.queue) {
            *room = room.saturating_sub(1);
        }
        if let Some(room) = self.types.get_mut(&key.task_type) {
            *room = room.saturating_sub(1);
        }
    }
}

/// Lanes with more tasks than are picked, which the claim would take as well if it were not for the rate limit of their
/// queue; after what is picked has taken its places, and its starts are counted. With how many are picked of each.
pub(super) fn held_back(rooms: &Rooms, waiting: &[Waiting], picks: &[i64], claim: &Claim) -> HashMap<i64, usize> {
    if picks.len() >= claim.tasks as usize {
        return HashMap::new();
    }
    let picked = |wanted: &dyn Fn(&Waiting) -> bool| {
        let lanes: HashSet<i64> = waiting.iter().filter(|lane| wanted(lane)).map(|lane| lane.lane).collect();
        picks.iter().filter(|lane| lanes.contains(lane)).count()
    };
    let mut held = HashMap::new();
    let exhausted = claim.queues.iter().filter(|slots| {
        rooms.starts(&slots.queue) == Some(0)
            && rooms.in_queue(&slots.queue) != Some(0)
            && slots.free as usize > picked(&|lane| lane.key.queue == slots.queue)
    });
    for queue in exhausted {
        for lane in waiting.iter().filter(|lane| lane.key.queue == queue.queue) {
            let task_type = &lane.key.task_type;
            let Some(slots) = claim.types.iter().find(|slots| slots.task_type == *task_type) else { continue };
            let has_room = rooms.of_type(task_type) != Some(0);
            let of_lane = picks.iter().filter(|pick| **pick == lane.lane).count();
            let of_type = picked(&|lane| lane.key.task_type == *task_type);
            if has_room && slots.free as usize > of_type && lane.tasks > of_lane as u64 {
                held.insert(lane.lane, of_lane);
            }
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Period, PolicyRef, RateLimit};
    use crate::store::{QueueSlots, TypeSlots};

    fn lane(lane: i64, queue: &str, name: &str, tasks: u64) -> Waiting {
        let key = LaneKey { queue: queue.into(), task_type: TaskType::new(name, 1), priority: 5 };
        Waiting { lane, key, tasks }
    }

    /// Queues p and q, types a and b, with nine slots each.
    fn claim(tasks: u32) -> Claim {
        let queue = |queue: &str| QueueSlots { queue: queue.into(), free: 9, ..QueueSlots::default() };
        let slots = |name: &str| TypeSlots {
            task_type: TaskType::new(name, 1),
            free: 9,
            total: None,
            policy: PolicyRef::default(),
            max_heartbeat_interval: None,
        };
        Claim { tasks, queues: vec![queue("p"), queue("q")], types: vec![slots("a"), slots("b")], token_seed: [0; 6] }
    }

    /// The queue p lets start so many.
    fn rooms(starts: u32) -> Rooms {
        let limit = RateLimit { numerator: starts, denominator: 1, period: Period::Minute };
        Rooms { rates: HashMap::from([("p".to_owned(), Rate::unused(limit))]), ..Rooms::default() }
    }

    #[test]
    fn a_claim_is_narrowed_to_the_smallest_room() {
        let mut rooms = Rooms { queues: HashMap::from([("p".to_owned(), 3), ("q".to_owned(), 70)]), ..rooms(2) };
        rooms.types.insert(TaskType::new("b", 1), 0);
        let narrow = rooms.narrow(&claim(5));
        assert_eq!(narrow.queues.iter().map(|slots| slots.free).collect::<Vec<_>>(), [2, 9]);
        assert_eq!(narrow.types.iter().map(|slots| slots.free).collect::<Vec<_>>(), [9, 0]);
        assert_eq!(narrow.tasks, 5);
        rooms.take(&lane(1, "p", "b", 1).key);
        rooms.take(&lane(1, "p", "a", 1).key);
        assert_eq!(
            (rooms.in_queue("p"), rooms.of_type(&TaskType::new("b", 1))),
            (Some(1), Some(0)),
            "never below none"
        );
    }

    #[test]
    fn a_rate_holds_back_what_nothing_else_does() {
        let waiting = [lane(1, "p", "a", 3), lane(2, "p", "b", 2), lane(3, "q", "a", 5), lane(4, "p", "unknown", 5)];
        let held = |rooms: &Rooms, picks: &[i64], claim: &Claim| {
            let mut lanes: Vec<_> = held_back(rooms, &waiting, picks, claim).into_iter().collect();
            lanes.sort_unstable();
            lanes
        };
        assert_eq!(held(&rooms(0), &[1, 2, 2, 3], &claim(9)), [(1, 1)], "all of the other lane's are picked");
        assert_eq!(held(&rooms(1), &[1, 2, 3], &claim(9)), [], "one more may start");
        assert_eq!(held(&rooms(0), &[1, 2, 3], &claim(3)), [], "it got all that it asked for");
        let full = Rooms { queues: HashMap::from([("p".to_owned(), 0)]), ..rooms(0) };
        assert_eq!(held(&full, &[3], &claim(9)), []);
        let full = Rooms { types: HashMap::from([(TaskType::new("a", 1), 0)]), ..rooms(0) };
        assert_eq!(held(&full, &[3], &claim(9)), [(2, 0)]);
        let mut taken = claim(9);
        taken.types[1].free = 1;
        assert_eq!(held(&rooms(0), &[2], &taken), [(1, 0)]);
        taken.queues[0].free = 1;
        assert_eq!(held(&rooms(0), &[2], &taken), []);
    }
}
