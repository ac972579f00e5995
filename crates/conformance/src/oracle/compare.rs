use jobbers_core::model::{Status, Task, TaskId};

use super::Model;

impl Model {
    /// Takes over what the seam leaves to the store.
    pub fn settle(&mut self, id: TaskId, actual: &Task) {
        self.follow_expiry(id, actual);
        let Some(record) = self.records.get_mut(&id) else { return };
        let task = &mut record.task;
        if std::mem::take(&mut record.failures_are_open) && actual.failures + 1 == task.failures {
            task.failures = actual.failures;
        }
        if std::mem::take(&mut record.lost_is_open) && actual.lost + 1 == task.lost {
            task.lost = actual.lost;
        }
    }

    /// What a store shows of a task against what it should show.
    pub fn differences(&self, id: TaskId, actual: Option<&Task>) -> Vec<String> {
        match (self.records.get(&id), actual) {
            (None, None) => Vec::new(),
            (Some(record), Some(actual)) => {
                let mut expected = record.task.clone();
                // What an earlier attempt said, and a wish that is settled, may be shown or not.
                if !record.has_beaten {
                    expected.heartbeat_at = actual.heartbeat_at;
                    expected.progress.clone_from(&actual.progress);
                }
                if expected.status != Status::Started {
                    expected.cancel_requested_at = actual.cancel_requested_at;
                }
                differences(&expected, actual)
            }
            (Some(record), None) => vec![format!("{id} is lost: it is {}", record.task.status)],
            (None, Some(actual)) => vec![format!("{id} is {}, but was never accepted", actual.status)],
        }
    }
}

/// Fields that differ, one line each.
pub fn differences(expected: &Task, actual: &Task) -> Vec<String> {
    let mut lines = Vec::new();
    macro_rules! compare {
        ($($field:ident),* $(,)?) => {
            // Taken apart, so that a new field cannot be forgotten here.
            let Task { $($field: _),* } = expected;
            $(if expected.$field != actual.$field {
                let (expected, actual) = (&expected.$field, &actual.$field);
                lines.push(format!("{}: {actual:?} instead of {expected:?}", stringify!($field)));
            })*
        };
    }
    compare!(
        id,
        waiting_since,
        task_type,
        expires_at,
        queue,
        status,
        priority,
        parameters,
        metadata,
        trace_id,
        result,
        attempt,
        failures,
        lost,
        attempts,
        policy,
        progress,
        submitted_at,
        run_at,
        started_at,
        heartbeat_at,
        ended_at,
        cancel_requested_at,
        worker,
    );
    lines
}
