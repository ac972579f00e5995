use std::time::Duration;

use tokio::time::Instant;

use crate::Summary;

/// Says now and then how far a long clean-up is.
#[derive(Debug)]
pub(crate) struct Progress {
    said: Instant,
}

impl Progress {
    const INTERVAL: Duration = Duration::from_secs(5);

    pub(crate) fn new() -> Self {
        Self { said: Instant::now() }
    }

    pub(crate) fn tell(&mut self, summary: &Summary) {
        if self.said.elapsed() < Self::INTERVAL {
            return;
        }
        self.said = Instant::now();
        let Summary { dry_run, stalled, pruned, dead_letters_pruned, queue_entries_gone, queue_entries_dead, .. } =
            summary;
        tracing::info!(
            event = "cleaning",
            dry_run,
            stalled,
            pruned,
            dead_letters_pruned,
            queue_entries_gone,
            queue_entries_dead,
            "cleaning goes on"
        );
    }
}
