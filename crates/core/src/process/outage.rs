use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;

/// What one part of a long-running process knows of a store, of tasks or in SQL, that does not answer: it waits longer and longer, and says
/// so once.
#[derive(Debug)]
pub struct Outage {
    part: &'static str,
    since: Option<Instant>,
    pause: Duration,
}

impl Outage {
    const FIRST_PAUSE: Duration = Duration::from_millis(100);
    const LONGEST_PAUSE: Duration = Duration::from_secs(2);

    /// As far as this part knows the store answers.
    pub fn none(part: &'static str) -> Self {
        Self { part, since: None, pause: Self::FIRST_PAUSE }
    }

    /// The store did not do it; answers how long to wait.
    pub fn failed(&mut self, error: &impl Display) -> Duration {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            tracing::warn!(event = "store_away", part = self.part, %error, "it is tried again until it works");
        } else {
            tracing::debug!(event = "store_away", part = self.part, %error, "it still does not work");
        }
        let pause = self.pause.mul_f64(rand::random_range(0.5..1.0));
        self.pause = (self.pause * 2).min(Self::LONGEST_PAUSE);
        pause
    }

    /// The store did it.
    pub fn over(&mut self) {
        if let Some(since) = self.since.take() {
            let away_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(event = "store_back", part = self.part, away_ms, "it works again");
        }
        self.pause = Self::FIRST_PAUSE;
    }
}
