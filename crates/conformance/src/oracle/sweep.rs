use std::time::Duration;

use jobbers_core::lifecycle::{Event, after_silence};
use jobbers_core::model::{Status, TaskId, Timestamp};
use jobbers_core::store::{
    Cursor, DropWaiting, MAX_BATCH, NO_HEARTBEAT_IN_INTERVAL, NO_HEARTBEAT_IN_STALE_TIME, Prunable, Prune, SilentTask,
    Stall, Stalled, Sweep, Swept,
};

use super::record::Record;
use super::{Model, Mover};

impl Model {
    /// The step `stall`.
    pub fn stall(&mut self, stall: &Stall) -> Stalled {
        // What is over its lease is for reaping.
        let silent_at = |record: &Record| silent_at(record, stall.stale).filter(|_| record.deadline > self.now);
        let (ids, next) = piece(self.timed(silent_at), self.now, &stall.sweep);
        let tasks = ids.iter().map(|id| self.silent_task(*id)).collect();
        if !stall.sweep.rehearsal {
            for id in ids {
                self.stall_one(id);
            }
        }
        Stalled { now: self.now, tasks, next }
    }

    fn stall_one(&mut self, id: TaskId) {
        let record = &self.records[&id];
        let token = record.token.expect("a started task has a token");
        let has_interval = record.silent_at.is_some();
        let evidence = if has_interval { NO_HEARTBEAT_IN_INTERVAL } else { NO_HEARTBEAT_IN_STALE_TIME };
        self.leave(Mover::Cleaner, id, token, &after_silence(evidence), 0);
    }

    fn silent_task(&self, id: TaskId) -> SilentTask {
        let task = &self.records[&id].task;
        SilentTask {
            id,
            task_type: task.task_type.clone(),
            queue: task.queue.clone(),
            attempt: task.attempt,
            worker: task.worker.expect("a started task has a worker"),
        }
    }

    /// The step `drop_waiting`.
    pub fn drop_waiting(&mut self, drop: &DropWaiting) -> Swept {
        let mut waited = self.timed(|record| {
            let task = &record.task;
            let is_meant = task.queue == drop.queue && task.task_type == drop.task_type;
            task.waiting_since.filter(|_| is_meant).map(|since| since.after(drop.waited))
        });
        waited.retain(|(time, _)| *time <= self.now);
        waited.truncate(drop.limit.min(MAX_BATCH));
        for (_, id) in &waited {
            self.wait_no_more(*id, false);
            self.end_unstarted(*id, Event::Drop);
        }
        Swept { now: self.now, tasks: waited.len(), next: None }
    }

    /// The step `prune`.
    pub fn prune(&mut self, prune: &Prune) -> Swept {
        let old_at = |record: &Record| old_at(record, prune.what, prune.age);
        let (ids, next) = piece(self.timed(old_at), self.now, &prune.sweep);
        if !prune.sweep.rehearsal {
            for id in &ids {
                self.forget_one(*id);
            }
        }
        Swept { now: self.now, tasks: ids.len(), next }
    }

    /// Those tasks for which there is a time, in its order.
    pub(super) fn timed(&self, time: impl Fn(&Record) -> Option<Timestamp>) -> Vec<(Timestamp, TaskId)> {
        let mut timed: Vec<_> =
            self.records.values().filter_map(|record| Some((time(record)?, record.task.id))).collect();
        timed.sort();
        timed
    }
}

/// When a started task counts as silent.
fn silent_at(record: &Record, stale: Option<Duration>) -> Option<Timestamp> {
    if record.task.status != Status::Started || record.task.cancel_requested_at.is_some() {
        return None;
    }
    let last_beat = record.task.heartbeat_at.filter(|_| record.has_beaten);
    // A last beat is to be longer ago than that.
    let stale = stale.map(|stale| stale.saturating_add(Duration::from_millis(1)));
    record.silent_at.or_else(|| Some(last_beat?.after(stale?)))
}

/// When an ended task is old.
fn old_at(record: &Record, what: Prunable, age: Duration) -> Option<Timestamp> {
    let is_meant = record.is_dead_letter == (what == Prunable::DeadLetters);
    record.task.ended_at.filter(|_| is_meant).map(|ended| ended.after(age))
}

/// The next ids of a walk along times that have come.
pub(super) fn piece(
    mut timed: Vec<(Timestamp, TaskId)>,
    now: Timestamp,
    sweep: &Sweep,
) -> (Vec<TaskId>, Option<Cursor>) {
    let after = match sweep.after {
        Some(Cursor::Time(time, id)) => Some((time, id)),
        _ => None,
    };
    timed.retain(|place| place.0 <= now && Some(*place) > after);
    let is_over = timed.len() <= sweep.limit;
    timed.truncate(sweep.limit);
    let next = timed.last().map(|(time, id)| Cursor::Time(*time, *id)).filter(|_| !is_over);
    (timed.into_iter().map(|(_, id)| id).collect(), next)
}
