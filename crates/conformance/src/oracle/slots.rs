use std::collections::HashMap;
use std::time::Duration;

use jobbers_core::model::{PolicyRef, RateLimit, TaskType};
use jobbers_core::store::{Claim, QueueSlots, TypeSlots};

use super::{Lane, Model};

/// What is left of a claim's slots, and of the limits over all workers, while it is served.
#[derive(Debug)]
pub(super) struct Slots {
    tasks: u32,
    queues: HashMap<String, QueueLeft>,
    types: HashMap<TaskType, TypeLeft>,
}

#[derive(Debug)]
struct QueueLeft {
    free: u32,
    /// Under the limit over all workers; none = unlimited.
    places: Option<u64>,
    /// With what it lets start now.
    rate: Option<(RateLimit, u64)>,
}

#[derive(Debug)]
struct TypeLeft {
    free: u32,
    places: Option<u64>,
    policy: PolicyRef,
    max_heartbeat_interval: Option<Duration>,
}

impl Slots {
    pub fn of(claim: &Claim, model: &Model) -> Self {
        let left = |total: Option<u32>, running: &dyn Fn() -> u64| {
            total.map(|total| u64::from(total).saturating_sub(running()))
        };
        let queue = |slots: &QueueSlots| QueueLeft {
            free: slots.free,
            places: left(slots.total, &|| model.running_in_queue(&slots.queue)),
            rate: slots.rate.map(|rate| (rate, model.rate_left(&slots.queue, rate))),
        };
        let types = |slots: &TypeSlots| TypeLeft {
            free: slots.free,
            places: left(slots.total, &|| model.running_of_type(&slots.task_type)),
            policy: slots.policy,
            max_heartbeat_interval: slots.max_heartbeat_interval,
        };
        Self {
            tasks: claim.tasks,
            queues: claim.queues.iter().map(|slots| (slots.queue.clone(), queue(slots))).collect(),
            types: claim.types.iter().map(|slots| (slots.task_type.clone(), types(slots))).collect(),
        }
    }

    /// Whether a worker with less than it asked for is to be parked: one more task could be taken if there were the
    /// right one, or a place for it. Whoever waits for a rate alone asks again by itself.
    pub fn parks(&self) -> bool {
        let has_queue = self.queues.values().any(|queue| queue.free > 0 && queue.has_rate());
        self.tasks > 0 && has_queue && self.types.values().any(|types| types.free > 0)
    }

    /// Whether a task of this lane could be taken.
    pub fn admit(&self, lane: &Lane) -> bool {
        self.admit_but_for_rate(lane) && self.queues[&lane.queue].has_rate()
    }

    /// The limit of its queue's rate, if that alone holds this lane back.
    pub fn held_back(&self, lane: &Lane) -> Option<RateLimit> {
        let (rate, left) = self.queues.get(&lane.queue)?.rate?;
        (left == 0 && self.admit_but_for_rate(lane)).then_some(rate)
    }

    fn admit_but_for_rate(&self, lane: &Lane) -> bool {
        let queue = self.queues.get(&lane.queue).is_some_and(|queue| queue.free > 0 && queue.places != Some(0));
        let types = self.types.get(&lane.task_type).is_some_and(|types| types.free > 0 && types.places != Some(0));
        self.tasks > 0 && queue && types
    }

    /// All limits of rates, each with its queue.
    pub fn rates(&self) -> impl Iterator<Item = (&str, RateLimit)> {
        self.queues.iter().filter_map(|(queue, left)| Some((queue.as_str(), left.rate?.0)))
    }

    /// Answers the policy of its type, how long it may be silent, and the limit that its start counts against.
    pub fn take(&mut self, lane: &Lane) -> (PolicyRef, Option<Duration>, Option<RateLimit>) {
        self.occupy(lane);
        self.tasks -= 1;
        let queue = self.queues.get_mut(&lane.queue).expect("an admitted lane");
        queue.free -= 1;
        let types = self.types.get_mut(&lane.task_type).expect("an admitted lane");
        types.free -= 1;
        (types.policy, types.max_heartbeat_interval, queue.rate.map(|(rate, _)| rate))
    }

    /// Someone takes a task of this lane: what the limits over all workers leave is less.
    pub fn occupy(&mut self, lane: &Lane) {
        if let Some(queue) = self.queues.get_mut(&lane.queue) {
            queue.places = queue.places.map(|places| places.saturating_sub(1));
            queue.rate = queue.rate.map(|(rate, left)| (rate, left.saturating_sub(1)));
        }
        if let Some(types) = self.types.get_mut(&lane.task_type) {
            types.places = types.places.map(|places| places.saturating_sub(1));
        }
    }
}

impl QueueLeft {
    fn has_rate(&self) -> bool {
        self.rate.is_none_or(|(_, left)| left > 0)
    }
}
