use jobbers_core::store::{Renewal, Renewed};

use super::Model;

impl Model {
    /// The step `renew`.
    pub fn renew(&mut self, renewal: &Renewal) -> Vec<Renewed> {
        let now = self.now;
        let mut answers = Vec::with_capacity(renewal.tasks.len());
        for lease in &renewal.tasks {
            let held = self.records.get_mut(&lease.id).filter(|record| record.is_held_under(lease.token));
            let Some(record) = held else {
                // Its code may still run.
                if let Some(stopping) = self.stopping.get_mut(&(lease.id, lease.token)) {
                    stopping.until = now.after(renewal.lease);
                }
                answers.push(Renewed::Taken);
                continue;
            };
            record.deadline = now.after(renewal.lease);
            if let Some(beat) = &lease.beat {
                record.has_beaten = true;
                record.task.heartbeat_at = Some(now);
                if let Some(interval) = beat.max_heartbeat_interval {
                    record.silent_at = Some(now.after(interval));
                }
                if beat.progress.is_some() {
                    record.task.progress.clone_from(&beat.progress);
                }
            }
            let cancelled = record.task.cancel_requested_at.is_some();
            answers.push(if cancelled { Renewed::CancelRequested } else { Renewed::Kept });
        }
        answers
    }
}
