use jobbers_core::lifecycle::Event;
use jobbers_core::model::{IdempotencyKey, NewTask, Task, TaskId, Timestamp, When};
use jobbers_core::store::{IDEMPOTENCY_KEPT, SubmitOutcome};

use super::Model;
use super::record::Record;

impl Model {
    /// The step `submit`.
    pub fn submit(&mut self, tasks: &[NewTask]) -> Vec<SubmitOutcome> {
        tasks.iter().map(|task| self.submit_one(task)).collect()
    }

    fn submit_one(&mut self, new: &NewTask) -> SubmitOutcome {
        if let Some(id) = new.idempotency_key.and_then(|key| self.holder(key)) {
            let record = &self.records[&id];
            return SubmitOutcome::SameKey { id, now: record.task.status, same: record.fingerprint == new.fingerprint };
        }
        if let Some(record) = self.records.get(&new.id) {
            let now = record.task.status;
            let same = record.fingerprint == new.fingerprint;
            return if same { SubmitOutcome::Exists { now } } else { SubmitOutcome::Conflict { now } };
        }
        let due = match new.when {
            When::Now => self.now,
            When::At(time) => time,
            When::After(delay) => self.now.after(delay),
        };
        self.submissions += 1;
        let run_at = (due > self.now).then_some(due);
        let mut record = Record {
            task: unsubmitted(new, self.now, run_at),
            number: self.submissions,
            fingerprint: new.fingerprint,
            is_dead_letter: false,
            resubmitted_by: None,
            token: None,
            deadline: Timestamp::default(),
            silent_at: None,
            left: None,
            failures_are_open: false,
            lost_is_open: false,
            has_beaten: false,
        };
        record.step(if run_at.is_some() { Event::Schedule } else { Event::Submit });
        let status = record.task.status;
        self.records.insert(new.id, record);
        if let Some(key) = new.idempotency_key {
            self.keys.insert(key, (new.id, self.submissions));
        }
        self.tally(&new.queue).submitted += 1;
        match run_at {
            Some(due) => {
                self.scheduled.insert((due, new.id));
            }
            None => {
                let rank = self.next_rank();
                self.wait(new.id, rank);
            }
        }
        self.note_change(new.id);
        SubmitOutcome::Stored { status, submitted_at: self.now, run_at }
    }

    /// The task that this key stands for.
    fn holder(&self, key: IdempotencyKey) -> Option<TaskId> {
        let (id, number) = *self.keys.get(&key)?;
        let record = self.records.get(&id)?;
        let is_known = record.number == number && self.now < record.task.submitted_at.after(IDEMPOTENCY_KEPT);
        is_known.then_some(id)
    }
}

fn unsubmitted(new: &NewTask, now: Timestamp, run_at: Option<Timestamp>) -> Task {
    Task {
        id: new.id,
        task_type: new.task_type.clone(),
        queue: new.queue.clone(),
        status: jobbers_core::model::Status::Unsubmitted,
        priority: new.priority,
        parameters: new.parameters.clone(),
        metadata: new.metadata.clone(),
        trace_id: new.trace_id.clone(),
        result: None,
        attempt: 0,
        failures: 0,
        lost: 0,
        attempts: Vec::new(),
        policy: None,
        progress: None,
        submitted_at: now,
        run_at,
        expires_at: new.expires_at,
        started_at: None,
        heartbeat_at: None,
        waiting_since: None,
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}
