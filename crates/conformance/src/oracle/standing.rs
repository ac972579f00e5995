use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jobbers_core::model::{RateLimit, Status, TaskId};
use jobbers_core::store::{Ahead, Allowance, Standing};

use super::Model;
use super::turn::Objection;

impl Model {
    /// Where a waiting task stands, counted one by one.
    pub fn standing(&self, id: TaskId, rate: Option<RateLimit>) -> Option<Standing> {
        self.get(id).filter(|task| task.status == Status::Submitted)?;
        let own = self.lane_of(id);
        let ahead = self.lanes[&own].iter().take_while(|(_, other)| *other != id).count() as u64;
        let in_queue = || self.lanes.iter().filter(|(lane, _)| lane.queue == own.queue);
        let better = in_queue().filter(|(lane, _)| lane.priority < own.priority);
        let types: BTreeSet<_> =
            in_queue().filter(|(lane, _)| lane.priority == own.priority).map(|(lane, _)| &lane.task_type).collect();
        Some(Standing {
            ahead: if ahead < Ahead::EXACT { Ahead::Exactly(ahead) } else { Ahead::About(ahead) },
            of_better_priority: better.map(|(_, waiting)| waiting.len() as u64).sum(),
            types_in_turn: u32::try_from(types.len()).expect("a few types"),
            running_in_queue: self.running_in_queue(&own.queue),
            running_of_type: self.running_of_type(&own.task_type),
            allowance: rate.map(|rate| Allowance {
                left: self.rate_left(&own.queue, rate),
                next: self.next_start(&own.queue, rate),
            }),
        })
    }

    /// Says what is wrong with where a task stands. `id` must be among the first of its lane.
    pub fn follow_standing(
        &self,
        id: TaskId,
        rate: Option<RateLimit>,
        actual: Option<Standing>,
    ) -> Result<(), Objection> {
        let mut expected = self.standing(id, rate);
        if let (Some(expected), Some(Standing { ahead: Ahead::Exactly(ahead), .. })) = (&mut expected, actual)
            && self.ahead(id).contains(&ahead)
        {
            expected.ahead = Ahead::Exactly(ahead);
        }
        if expected == actual { Ok(()) } else { Err(format!("{id} stands {actual:?} instead of {expected:?}")) }
    }

    /// How many may be told to be before it: tasks that came in one step are so in any order, an entry of former
    /// waiting may be where a store finds a task, and one that has expired may have been seen to be so, or not.
    fn ahead(&self, id: TaskId) -> RangeInclusive<u64> {
        let lane = self.lane_of(id);
        let waiting = &self.lanes[&lane];
        let last = |id: TaskId| waiting.iter().find(|(_, other)| *other == id).expect("it waits").0;
        let first = |id: TaskId| {
            let left_behind = self.left_behind.get(&lane).into_iter().flatten();
            left_behind.filter(|(_, other)| *other == id).map(|(rank, _)| *rank).chain([last(id)]).min().expect("one")
        };
        let others = || waiting.iter().map(|(_, other)| *other).filter(|other| *other != id);
        let least = others().filter(|other| last(*other) < first(id) && !self.is_expired(*other)).count();
        let most = others().filter(|other| first(*other) <= last(id)).count();
        least as u64..=most as u64
    }
}
