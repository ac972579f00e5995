//! What a store is measured by: the steps on plain collections in memory, built on the lifecycle.
//!
//! [`Model`] is used twice. As [`OracleStore`] it is a store itself and passes every scenario, which shows that the
//! suite can be passed. In the property test it follows a real store step by step: where the seam leaves a choice
//! (which lane goes first) it takes the store's answer, checks that the choice was allowed, and goes on from there.

mod cancel;
mod claim;
mod compare;
mod dead_letters;
mod directory;
mod expire;
mod forget;
mod leave;
mod list;
mod lists;
mod places;
mod promote;
mod purge;
mod rate;
mod record;
mod renew;
mod resubmit;
mod slots;
mod standing;
mod statistics;
mod store;
mod submit;
mod sweep;
mod turn;
mod upkeep;
mod wake;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jobbers_core::model::{
    ErrorGroup, IdempotencyKey, Policy, PolicyRef, Status, Task, TaskId, TaskType, Timestamp, Token, WorkerId,
};
use jobbers_core::store::Tally;

pub use compare::differences;
use dead_letters::Alike;
pub use leave::Mover;
use places::Stopping;
use rate::Starts;
use record::Record;
pub use statistics::minute;
pub use store::OracleStore;
use turn::LastTurn;

/// One type's waiting tasks of one priority in one queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Lane {
    priority: u8,
    queue: String,
    task_type: TaskType,
}

/// All that a store knows of tasks.
#[derive(Debug, Default)]
pub struct Model {
    /// The store's clock.
    pub now: Timestamp,
    records: HashMap<TaskId, Record>,
    /// Who waits, by rank. Tasks of the same rank came in one step that leaves their order open.
    lanes: BTreeMap<Lane, BTreeSet<(i64, TaskId)>>,
    /// Entries of lanes whose task was cancelled: should it wait there again, a store may find it at its older place.
    left_behind: BTreeMap<Lane, BTreeSet<(i64, TaskId)>>,
    scheduled: BTreeSet<(Timestamp, TaskId)>,
    /// Which submission was the first with a key.
    keys: HashMap<IdempotencyKey, (TaskId, u64)>,
    /// Tasks ever stored.
    submissions: u64,
    tallies: BTreeMap<(u64, String), Tally>,
    groups: HashMap<Alike, ErrorGroup>,
    /// Attempts that ended with their worker after someone had asked for their end: the seam leaves open whether they
    /// are tallied as lost.
    lost_or_cancelled: BTreeMap<(u64, String), u64>,
    policies: HashMap<PolicyRef, Policy>,
    turns: HashMap<WorkerId, LastTurn>,
    /// Attempts that were taken away, and whose workers have not said yet that their code has stopped.
    stopping: HashMap<(TaskId, Token), Stopping>,
    /// By queue.
    starts: HashMap<String, Starts>,
    /// Places that became free, since someone last looked.
    freed: Vec<(String, TaskType)>,
    first_rank: i64,
    last_rank: i64,
    /// Tasks that changed their status, since someone last looked.
    changes: Vec<(TaskId, Status)>,
}

impl Model {
    /// Keeps a policy for later steps.
    pub fn publish(&mut self, policy: &Policy) {
        self.policies.insert(policy.reference(), policy.clone());
    }

    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.records.get(&id).map(|record| &record.task)
    }

    pub fn ids(&self) -> impl Iterator<Item = TaskId> {
        self.records.keys().copied()
    }

    /// Ids of started tasks whose lease is over, the longest over first.
    pub fn overdue(&self) -> Vec<TaskId> {
        let mut overdue: Vec<_> = self
            .records
            .values()
            .filter_map(|record| Some((record.overdue_since(self.now)?, record.task.id)))
            .collect();
        overdue.sort();
        overdue.into_iter().map(|(_, id)| id).collect()
    }

    fn note_change(&mut self, id: TaskId) {
        self.changes.push((id, self.records[&id].task.status));
    }

    fn next_rank(&mut self) -> i64 {
        self.last_rank += 1;
        self.last_rank
    }

    fn rank_before_all(&mut self) -> i64 {
        self.first_rank -= 1;
        self.first_rank
    }

    fn wait(&mut self, id: TaskId, rank: i64) {
        let lane = self.lane_of(id);
        self.lanes.entry(lane).or_default().insert((rank, id));
        let now = self.now;
        self.record_mut(id).task.waiting_since = Some(now);
    }

    fn wait_no_more(&mut self, id: TaskId, is_claim: bool) {
        self.record_mut(id).task.waiting_since = None;
        let lane = self.lane_of(id);
        let waiting = self.lanes.get_mut(&lane).expect("a waiting task has a lane");
        let entries: Vec<_> = waiting.iter().copied().filter(|(_, other)| *other == id).collect();
        waiting.retain(|(_, other)| *other != id);
        if waiting.is_empty() {
            self.lanes.remove(&lane);
        }
        // A claim takes an entry with it; which one, if there are several, is the store's choice.
        let left_behind = self.left_behind.entry(lane).or_default();
        if !is_claim || left_behind.iter().any(|(_, other)| *other == id) {
            left_behind.extend(entries);
        }
    }

    fn record_mut(&mut self, id: TaskId) -> &mut Record {
        self.records.get_mut(&id).expect("it was found before")
    }

    fn lane_of(&self, id: TaskId) -> Lane {
        let task = &self.records[&id].task;
        Lane { priority: task.priority, queue: task.queue.clone(), task_type: task.task_type.clone() }
    }
}
