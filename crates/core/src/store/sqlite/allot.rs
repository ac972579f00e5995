//! Which lanes a claim takes tasks from: fair turns between queues, and between task types of the best priority
//! within a queue. Pure.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::lanes::LaneKey;
use crate::model::TaskType;
use crate::store::Claim;

/// A lane with waiting tasks.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) lane: i64,
    pub(super) key: LaneKey,
    pub(super) tasks: u64,
}

/// Decides from which lane each of the next tasks comes, in the order in which they are to start. `round` counts the
/// claims of the worker, so that it is not always the same queue and type that comes first.
pub(super) fn allot(waiting: &[Waiting], claim: &Claim, round: u64) -> Vec<i64> {
    let mut types: HashMap<&TaskType, u32> = HashMap::new();
    for slots in &claim.types {
        types.entry(&slots.task_type).or_insert(slots.free);
    }
    let mut queues = queues(waiting, claim, &types, round);
    let mut picks = Vec::new();
    while picks.len() < claim.tasks as usize && !queues.is_empty() {
        queues.retain_mut(|queue| {
            if picks.len() >= claim.tasks as usize {
                return false;
            }
            let pick = queue.pick(&mut types);
            picks.extend(pick);
            pick.is_some()
        });
    }
    picks
}

/// A queue of the claim: what it may still give, and its lanes by priority, next in turn first.
struct Line<'a> {
    free: u32,
    lanes: BTreeMap<u8, VecDeque<Rest<'a>>>,
}

struct Rest<'a> {
    lane: i64,
    task_type: &'a TaskType,
    tasks: u64,
}

impl Line<'_> {
    /// The lane of the next task: of the best priority, the next type in turn that has a task and a free slot.
    fn pick(&mut self, types: &mut HashMap<&TaskType, u32>) -> Option<i64> {
        self.free = self.free.checked_sub(1)?;
        while let Some(mut lanes) = self.lanes.first_entry() {
            while let Some(mut next) = lanes.get_mut().pop_front() {
                // A lane that is used up, or whose type is, does not come back.
                let Some(free) = types.get_mut(next.task_type).filter(|free| **free > 0) else { continue };
                if next.tasks == 0 {
                    continue;
                }
                *free -= 1;
                next.tasks -= 1;
                let lane = next.lane;
                lanes.get_mut().push_back(next);
                return Some(lane);
            }
            lanes.remove();
        }
        None
    }
}

fn queues<'a>(
    waiting: &'a [Waiting],
    claim: &Claim,
    types: &HashMap<&TaskType, u32>,
    round: u64,
) -> VecDeque<Line<'a>> {
    let mut by_queue: HashMap<&str, Vec<&Waiting>> = HashMap::new();
    for lane in waiting.iter().filter(|lane| types.contains_key(&lane.key.task_type)) {
        by_queue.entry(&lane.key.queue).or_default().push(lane);
    }
    // Types take a step each time when the queues have come round, so that every queue's every type comes first.
    let turn = round / (claim.queues.len() as u64).max(1);
    let mut queues = VecDeque::with_capacity(claim.queues.len());
    for slots in &claim.queues {
        let lanes = by_queue.remove(slots.queue.as_str()).unwrap_or_default();
        queues.push_back(Line { free: slots.free, lanes: by_priority(lanes, turn) });
    }
    rotate(&mut queues, round);
    queues
}

fn by_priority(mut lanes: Vec<&Waiting>, turn: u64) -> BTreeMap<u8, VecDeque<Rest<'_>>> {
    lanes.sort_by(|a, b| a.key.task_type.cmp(&b.key.task_type));
    let mut priorities: BTreeMap<u8, VecDeque<Rest<'_>>> = BTreeMap::new();
    for Waiting { lane, key, tasks } in lanes {
        let rest = Rest { lane: *lane, task_type: &key.task_type, tasks: *tasks };
        priorities.entry(key.priority).or_default().push_back(rest);
    }
    for lanes in priorities.values_mut() {
        rotate(lanes, turn);
    }
    priorities
}

fn rotate<T>(ring: &mut VecDeque<T>, by: u64) {
    if !ring.is_empty() {
        let by = by % ring.len() as u64;
        ring.rotate_left(usize::try_from(by).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PolicyRef;
    use crate::store::{QueueSlots, TypeSlots};

    fn lane(lane: i64, queue: &str, name: &str, priority: u8, tasks: u64) -> Waiting {
        let key = LaneKey { queue: queue.into(), task_type: TaskType::new(name, 1), priority };
        Waiting { lane, key, tasks }
    }

    fn claim(tasks: u32, queues: &[(&str, u32)], types: &[(&str, u32)]) -> Claim {
        let policy = PolicyRef::default();
        Claim {
            tasks,
            queues: queues
                .iter()
                .map(|(queue, free)| QueueSlots { queue: (*queue).into(), free: *free, ..QueueSlots::default() })
                .collect(),
            types: types
                .iter()
                .map(|(name, free)| TypeSlots {
                    task_type: TaskType::new(*name, 1),
                    free: *free,
                    total: None,
                    policy,
                    max_heartbeat_interval: None,
                })
                .collect(),
            token_seed: [0; 6],
        }
    }

    #[test]
    fn types_of_the_best_priority_take_turns() {
        let waiting = [lane(1, "q", "a", 5, 10), lane(2, "q", "b", 5, 10), lane(3, "q", "a", 0, 2)];
        let picks = allot(&waiting, &claim(6, &[("q", 9)], &[("a", 9), ("b", 9)]), 0);
        assert_eq!(picks, [3, 3, 1, 2, 1, 2]);
    }

    #[test]
    fn a_saturated_type_hides_nobody() {
        let waiting = [lane(1, "q", "a", 0, 10_000), lane(2, "q", "b", 9, 3)];
        let picks = allot(&waiting, &claim(5, &[("q", 9)], &[("a", 1), ("b", 9)]), 0);
        assert_eq!(picks, [1, 2, 2, 2]);
        assert_eq!(allot(&waiting, &claim(5, &[("q", 9)], &[("a", 0), ("b", 1)]), 0), [2]);
    }

    #[test]
    fn the_slots_of_a_type_are_shared_by_all_queues() {
        let waiting = [lane(1, "p", "a", 5, 9), lane(2, "q", "a", 5, 9)];
        let picks = allot(&waiting, &claim(9, &[("p", 9), ("q", 9)], &[("a", 3)]), 0);
        assert_eq!(picks, [1, 2, 1]);
    }

    #[test]
    fn nothing_exceeds_the_claim_its_queues_and_what_waits() {
        let waiting = [lane(1, "p", "a", 5, 2), lane(2, "q", "a", 5, 9), lane(3, "q", "unknown", 0, 9)];
        let slots = [("a", 99)];
        assert_eq!(allot(&waiting, &claim(99, &[("p", 9), ("q", 3)], &slots), 0), [1, 2, 1, 2, 2]);
        assert_eq!(allot(&waiting, &claim(3, &[("p", 9), ("q", 3)], &slots), 0), [1, 2, 1]);
        assert!(allot(&waiting, &claim(0, &[("p", 9)], &slots), 0).is_empty());
        assert!(allot(&waiting, &claim(9, &[("p", 0)], &slots), 0).is_empty());
    }

    #[test]
    fn claims_of_one_task_reach_every_type_of_every_queue() {
        let waiting =
            [lane(1, "p", "a", 5, 9), lane(2, "p", "b", 5, 9), lane(3, "q", "a", 5, 9), lane(4, "q", "b", 5, 9)];
        let claim = claim(1, &[("p", 1), ("q", 1)], &[("a", 1), ("b", 1)]);
        let mut first: Vec<i64> = (0..4).flat_map(|round| allot(&waiting, &claim, round)).collect();
        first.sort_unstable();
        assert_eq!(first, [1, 2, 3, 4]);
    }
}
