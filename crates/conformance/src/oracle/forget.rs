use jobbers_core::lifecycle::Event;
use jobbers_core::model::{Status, TaskId};
use jobbers_core::store::ForgetOutcome;

use super::Model;

impl Model {
    /// The step `forget`.
    pub fn forget(&mut self, ids: &[TaskId]) -> Vec<ForgetOutcome> {
        ids.iter().map(|id| self.forget_one(*id)).collect()
    }

    pub(super) fn forget_one(&mut self, id: TaskId) -> ForgetOutcome {
        let Some(record) = self.records.get_mut(&id) else { return ForgetOutcome::NotFound };
        let now = record.task.status;
        if !now.is_ended() {
            return ForgetOutcome::Live { now };
        }
        record.step(Event::Forget);
        self.dead_letter_leaves(id);
        self.records.remove(&id);
        self.changes.push((id, Status::Unsubmitted));
        ForgetOutcome::Forgotten
    }
}
