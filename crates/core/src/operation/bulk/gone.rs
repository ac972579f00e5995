//! Tasks that would wait in a queue that does not exist (any more).

use std::collections::HashMap;

use super::{Done, Operations, Outcome, Wish, patience};
use crate::model::{Status, Task, TaskId};
use crate::store::{MAX_LISTED, StoreError};

/// What a step is foreseen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    status: Status,
    queue: String,
}

impl Known {
    /// What it comes to for this task, as it is.
    pub(super) fn foresee(self, wish: Wish, gone: &[String]) -> Outcome {
        match wish.foresee(self.status) {
            Outcome::Resubmitted if gone.contains(&self.queue) => Outcome::QueueGone { queue: self.queue },
            outcome => outcome,
        }
    }
}

/// Those for which the step is taken, and what becomes of the others. (What is unknown goes: the store knows best.)
pub(super) fn part(
    wish: Wish,
    gone: &[String],
    ids: &[TaskId],
    known: &[Option<Known>],
) -> (Vec<TaskId>, HashMap<TaskId, Outcome>) {
    let (mut going, mut staying) = (Vec::new(), HashMap::new());
    for (id, known) in ids.iter().zip(known) {
        match known.clone().map(|known| known.foresee(wish, gone)) {
            Some(outcome @ Outcome::QueueGone { .. }) => {
                staying.insert(*id, outcome);
            }
            _ => going.push(*id),
        }
    }
    (going, staying)
}

/// All of them in their order.
pub(super) fn merge(ids: &[TaskId], done: Vec<Done>, staying: HashMap<TaskId, Outcome>) -> Vec<Done> {
    let mut outcomes = staying;
    outcomes.extend(done.into_iter().map(|Done { id, outcome }| (id, outcome)));
    ids.iter().filter_map(|id| Some(Done { id: *id, outcome: outcomes.get(id)?.clone() })).collect()
}

impl Operations {
    /// Queues with tasks that do not exist (any more), if the wish is about where tasks wait.
    pub(in super::super) async fn gone_for(&self, wish: Wish) -> Result<Vec<String>, StoreError> {
        match wish {
            Wish::Cancel => Ok(Vec::new()),
            Wish::Resubmit { .. } => self.gone_queues().await,
        }
    }

    /// Status and queue of tasks, however many and however large they are.
    pub(super) async fn known(&self, ids: &[TaskId]) -> Result<Vec<Option<Known>>, StoreError> {
        const BYTES_AT_ONCE: usize = 4 << 20;
        let mut known = Vec::with_capacity(ids.len());
        while known.len() < ids.len() {
            let rest = &ids[known.len()..];
            let some = &rest[..rest.len().min(MAX_LISTED)];
            let tasks = patience::within("tasks", self.stores.tasks.tasks(some, BYTES_AT_ONCE)).await?;
            if tasks.is_empty() {
                let detail = format!("0 answers for {} tasks", some.len());
                return Err(StoreError::Broken { operation: "tasks", detail });
            }
            known.extend(tasks.into_iter().map(|task| task.map(|Task { status, queue, .. }| Known { status, queue })));
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_wait_in_a_queue_that_is_gone_stays_and_each_is_answered_in_its_place() {
        let id = |n| TaskId::from_parts(0, n);
        let wish = Wish::Resubmit { reset_failures: true, only_dead: false };
        let known = |status, queue: &str| Some(Known { status, queue: queue.into() });
        let ids = [id(1), id(2), id(3), id(4)];
        let all =
            [known(Status::Failed, "gone"), known(Status::Failed, "here"), known(Status::Completed, "gone"), None];
        let (going, staying) = part(wish, &["gone".to_owned()], &ids, &all);
        assert_eq!(going, [id(2), id(3), id(4)]);
        let done = |n, outcome| Done { id: id(n), outcome };
        let answered = vec![
            done(2, Outcome::Resubmitted),
            done(3, Outcome::Conflict { now: Status::Completed }),
            done(4, Outcome::NotFound),
        ];
        let mut expected = answered.clone();
        expected.insert(0, done(1, Outcome::QueueGone { queue: "gone".into() }));
        assert_eq!(merge(&ids, answered, staying), expected);
        assert_eq!(part(Wish::Cancel, &["gone".to_owned()], &ids, &all).0, ids);
    }
}
