use jobbers_core::model::{Status, TaskId, TaskType, Timestamp, Token};

use super::Model;

/// An attempt that was taken away from its worker while its code ran.
#[derive(Debug)]
pub(super) struct Stopping {
    pub queue: String,
    pub task_type: TaskType,
    /// Until then it occupies its place, unless its worker says before that the code has stopped.
    pub until: Timestamp,
}

impl Model {
    /// What counts against the limit of a queue over all workers.
    pub(super) fn running_in_queue(&self, queue: &str) -> u64 {
        self.running(|of, _| of == queue)
    }

    /// What counts against the limit of a type over all workers.
    pub(super) fn running_of_type(&self, task_type: &TaskType) -> u64 {
        self.running(|_, of| of == task_type)
    }

    /// Counted one by one: tasks that are started, and attempts whose code may still run.
    fn running(&self, is_meant: impl Fn(&str, &TaskType) -> bool) -> u64 {
        let started = self.records.values().map(|record| &record.task);
        let started = started.filter(|task| task.status == Status::Started && is_meant(&task.queue, &task.task_type));
        let stopping = self.stopping.values().filter(|stopping| stopping.until > self.now);
        let stopping = stopping.filter(|stopping| is_meant(&stopping.queue, &stopping.task_type));
        (started.count() + stopping.count()) as u64
    }

    /// Its task has just been taken away: its place is not free before its code has stopped.
    pub(super) fn keep_place(&mut self, id: TaskId, token: Token) {
        let record = &self.records[&id];
        let (queue, task_type) = (record.task.queue.clone(), record.task.task_type.clone());
        self.stopping.insert((id, token), Stopping { queue, task_type, until: record.deadline });
    }

    /// The part of a turn that says which code has stopped.
    pub(super) fn stop(&mut self, stopped: &[(TaskId, Token)]) {
        for attempt in stopped {
            if let Some(stopping) = self.stopping.remove(attempt)
                && stopping.until > self.now
            {
                self.freed.push((stopping.queue, stopping.task_type));
            }
        }
    }

    /// Whether this attempt runs, and has not been taken away.
    pub fn runs(&self, id: TaskId, token: Token) -> bool {
        self.records.get(&id).is_some_and(|record| record.is_held_under(token))
    }

    /// Whether the code of any attempt at this task that was taken away may still run.
    pub fn is_stopping(&self, id: TaskId) -> bool {
        self.stopping.iter().any(|((other, _), stopping)| *other == id && stopping.until > self.now)
    }

    /// Whether this attempt was taken away, and its code may still run.
    pub fn stops(&self, id: TaskId, token: Token) -> bool {
        self.stopping.get(&(id, token)).is_some_and(|stopping| stopping.until > self.now)
    }

    /// Whether this attempt was taken away, and its lease has ended since before its worker said that the code had
    /// stopped. Whether such a worker can have the place back is left open.
    pub fn has_lost_its_place(&self, id: TaskId, token: Token) -> bool {
        self.stopping.get(&(id, token)).is_some_and(|stopping| stopping.until <= self.now)
    }
}
