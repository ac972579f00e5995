use jobbers_core::lifecycle::Event;
use jobbers_core::model::{NewTask, Status, Task, Timestamp, When};
use jobbers_core::store::SubmitOutcome;

use super::Model;
use super::record::Record;

impl Model {
    /// The step `submit`.
    pub fn submit(&mut self, tasks: &[NewTask]) -> Vec<SubmitOutcome> {
        tasks.iter().map(|task| self.submit_one(task)).collect()
    }

    fn submit_one(&mut self, new: &NewTask) -> SubmitOutcome {
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
        let run_at = (due > self.now).then_some(due);
        let mut record = Record {
            task: unsubmitted(new, self.now, run_at),
            fingerprint: new.fingerprint,
            token: None,
            deadline: Timestamp::default(),
            left: None,
            counts_are_open: false,
            has_beaten: false,
        };
        record.step(if run_at.is_some() { Event::Schedule } else { Event::Submit });
        let status = record.task.status;
        self.records.insert(new.id, record);
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
}

fn unsubmitted(new: &NewTask, now: Timestamp, run_at: Option<Timestamp>) -> Task {
    Task {
        id: new.id,
        task_type: new.task_type.clone(),
        queue: new.queue.clone(),
        status: Status::Unsubmitted,
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
        ended_at: None,
        cancel_requested_at: None,
        worker: None,
    }
}
