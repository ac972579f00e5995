use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jobbers_core::lifecycle::Event;
use jobbers_core::model::{TaskId, TaskType, Timestamp, Token, WorkerId};
use jobbers_core::store::ClaimedTask;

use super::slots::Slots;
use super::turn::Objection;
use super::{Lane, Model};

impl Model {
    /// Lanes of the best priority in their queue that these slots admit, each with the tasks that may go first.
    fn first_in_line(&self, slots: &Slots) -> Vec<(&Lane, Vec<TaskId>)> {
        let mut first = Vec::new();
        for (lane, waiting) in self.lanes.iter().filter(|(lane, _)| slots.admit(lane)) {
            let startable: Vec<_> = waiting.iter().copied().filter(|(_, id)| !self.is_expired(*id)).collect();
            if let Some((rank, _)) = startable.first().copied() {
                let mut ids: Vec<_> =
                    startable.iter().take_while(|(other, _)| *other == rank).map(|(_, id)| *id).collect();
                ids.extend(self.found_at_older_places(lane, rank, &startable));
                first.push((lane, ids));
            }
        }
        let best: HashMap<&str, u8> =
            first.iter().rev().map(|(lane, _)| (lane.queue.as_str(), lane.priority)).collect();
        first.retain(|(lane, _)| best[lane.queue.as_str()] == lane.priority);
        first
    }

    /// Tasks that wait at their place, but whose entries of former waiting are before it: a store that did not clear
    /// these away comes to them first.
    fn found_at_older_places(&self, lane: &Lane, before: i64, startable: &[(i64, TaskId)]) -> Vec<TaskId> {
        let left_behind = self.left_behind.get(lane).into_iter().flatten().take_while(|(rank, _)| *rank < before);
        left_behind
            .filter(|(_, id)| startable.iter().any(|(rank, other)| other == id && *rank != before))
            .map(|(_, id)| *id)
            .collect()
    }

    /// Tasks that may be claimed next, the one that would be the fairest choice first: of the lane that has waited
    /// longest for its turn.
    pub(super) fn candidates(&self, slots: &Slots, served: &HashMap<(String, TaskType), u64>) -> Vec<TaskId> {
        let mut lanes = self.first_in_line(slots);
        lanes.sort_by_key(|(lane, _)| served.get(&(lane.queue.clone(), lane.task_type.clone())).copied());
        lanes.into_iter().flat_map(|(_, ids)| ids).collect()
    }

    /// When a rate that has held back tasks from these slots lets the next one start.
    pub(super) fn next_slot(&self, slots: &Slots) -> Option<Timestamp> {
        let waits = |waiting: &BTreeSet<(i64, TaskId)>| waiting.iter().any(|(_, id)| !self.is_expired(*id));
        let held_back = self.lanes.iter().filter(|(_, waiting)| waits(waiting));
        held_back.filter_map(|(lane, _)| self.next_start(&lane.queue, slots.held_back(lane)?)).min()
    }

    /// Says what is wrong with the time that an answer names. One that is not needed does no harm, if a limit that was
    /// in the claim lets a task start then.
    pub(super) fn follow_next_slot(&self, slots: &Slots, actual: Option<Timestamp>) -> Result<(), Objection> {
        let expected = self.next_slot(slots);
        let is_known = |time| slots.rates().any(|(queue, rate)| self.next_start(queue, rate) == Some(time));
        let serves = match actual {
            Some(actual) => is_known(actual) && expected.is_none_or(|expected| actual <= expected),
            None => expected.is_none(),
        };
        if serves { Ok(()) } else { Err(format!("next_slot is {actual:?} instead of {expected:?}")) }
    }

    /// Takes one task for a worker.
    pub(super) fn take(
        &mut self,
        slots: &mut Slots,
        worker: WorkerId,
        lease: Duration,
        id: TaskId,
        token: Token,
    ) -> ClaimedTask {
        let lane = self.lane_of(id);
        self.wait_no_more(id, true);
        let (policy, interval, rate) = slots.take(&lane);
        if let Some(rate) = rate {
            self.count_start(&lane.queue, rate);
        }
        let record = self.records.get_mut(&id).expect("a waiting task has a record");
        record.step(Event::Claim);
        record.token = Some(token);
        record.deadline = self.now.after(lease);
        record.silent_at = interval.map(|interval| self.now.after(interval));
        record.left = None;
        record.has_beaten = false;
        let task = &mut record.task;
        task.attempt += 1;
        task.policy = self.policies.get(&policy).cloned();
        task.started_at = Some(self.now);
        task.worker = Some(worker);
        let claimed = ClaimedTask {
            id,
            task_type: task.task_type.clone(),
            queue: task.queue.clone(),
            priority: task.priority,
            token,
            attempt: task.attempt,
            failures: task.failures,
            lost: task.lost,
            submitted_at: task.submitted_at,
            started_at: self.now,
            parameters: task.parameters.clone(),
            metadata: task.metadata.clone(),
            trace_id: task.trace_id.clone(),
        };
        self.tally(&lane.queue).started += 1;
        self.note_change(id);
        claimed
    }
}
