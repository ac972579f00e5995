use std::cmp::Reverse;

use jobbers_core::lifecycle::likeness;
use jobbers_core::model::{ErrorGroup, ErrorKind, TaskId, TaskType};
use jobbers_core::store::{DiscardOutcome, Errors};

use super::Model;
use super::turn::Objection;

/// What the dead letters of a group have in common.
pub(super) type Alike = (String, TaskType, ErrorKind);

impl Model {
    /// The step `discard`.
    pub fn discard(&mut self, ids: &[TaskId]) -> Vec<DiscardOutcome> {
        ids.iter().map(|id| self.discard_one(*id)).collect()
    }

    fn discard_one(&mut self, id: TaskId) -> DiscardOutcome {
        let Some(record) = self.records.get(&id) else { return DiscardOutcome::NotFound };
        if !record.is_dead_letter {
            return DiscardOutcome::NotDead { now: record.task.status };
        }
        self.dead_letter_leaves(id);
        DiscardOutcome::Discarded
    }

    /// Dead letters by errors that are alike: the largest groups.
    pub fn errors(&self, errors: &Errors) -> Vec<ErrorGroup> {
        let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let is_wanted = |group: &&ErrorGroup| {
            same(&errors.queue, &group.queue)
                && same(&errors.name, &group.task_type.name)
                && errors.version.is_none_or(|version| version == group.task_type.version)
        };
        let mut groups: Vec<_> = self.groups.values().filter(is_wanted).cloned().collect();
        groups.sort_by_key(|group| (Reverse(group.count), Reverse(group.last)));
        groups.truncate(errors.limit);
        groups
    }

    /// Says what is wrong with groups; those of the same size may come in any order. `errors` must not leave a choice.
    pub fn follow_errors(&self, errors: &Errors, actual: &[ErrorGroup]) -> Result<(), Objection> {
        let (mut expected, mut sorted) = (self.errors(errors), actual.to_vec());
        let falls = actual.windows(2).all(|pair| pair[0].count >= pair[1].count);
        for groups in [&mut expected, &mut sorted] {
            groups.sort_by_cached_key(|group| format!("{group:?}"));
        }
        if falls && expected == sorted {
            return Ok(());
        }
        Err(format!("{errors:?} are {actual:?} instead of {expected:?}"))
    }

    pub(super) fn dead_letter_comes(&mut self, id: TaskId) {
        self.record_mut(id).is_dead_letter = true;
        let (now, alike) = (self.now, self.alike(id));
        let (queue, task_type, kind) = alike.clone();
        let group =
            self.groups.entry(alike).or_insert(ErrorGroup { queue, task_type, kind, count: 0, first: now, last: now });
        group.count += 1;
        group.last = now;
    }

    /// Whatever becomes of it: it is in the dead letter queue no more, if it was.
    pub(super) fn dead_letter_leaves(&mut self, id: TaskId) {
        if !std::mem::take(&mut self.record_mut(id).is_dead_letter) {
            return;
        }
        let alike = self.alike(id);
        let group = self.groups.get_mut(&alike).expect("a dead letter is in a group");
        group.count -= 1;
        if group.count == 0 {
            self.groups.remove(&alike);
        }
    }

    /// By the error that made it a dead letter.
    fn alike(&self, id: TaskId) -> Alike {
        let task = &self.records[&id].task;
        let end = task.attempts.last().expect("a failed task has a failed attempt");
        (task.queue.clone(), task.task_type.clone(), likeness::kind(&end.detail))
    }
}
