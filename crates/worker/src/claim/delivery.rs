use std::time::Duration;

use jobbers_core::process::Shutdown;
use jobbers_core::store::{SharedStore, StoreError, Turn, TurnReply};
use tokio::time::{Instant, sleep};

/// Sends turns, each until it is answered.
#[derive(Debug)]
pub(crate) struct Delivery {
    store: SharedStore,
    shutdown: Shutdown,
}

/// The answer to a turn.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub(crate) reply: TurnReply,
    /// It took more than one try.
    pub(crate) late: bool,
}

/// A turn was not answered, and will not be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undelivered {
    #[error("told to end at once")]
    AtOnce,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Delivery {
    const FIRST_PAUSE: Duration = Duration::from_millis(50);
    const LONGEST_PAUSE: Duration = Duration::from_secs(2);

    pub(crate) fn new(store: SharedStore, shutdown: Shutdown) -> Self {
        Self { store, shutdown }
    }

    /// Sends the very same turn again and again until the store answers: it may have happened the first time.
    pub(crate) async fn deliver(&self, turn: &Turn) -> Result<Delivered, Undelivered> {
        let mut pause = Self::FIRST_PAUSE;
        let mut away_since: Option<Instant> = None;
        loop {
            let answer = tokio::select! {
                biased;
                answer = self.store.turn(turn) => answer,
                () = self.shutdown.immediate.cancelled() => return Err(Undelivered::AtOnce),
            };
            let error = match answer {
                Ok(reply) => {
                    if let Some(since) = away_since {
                        tracing::info!(event = "store_back", away_ms = millis(since), "the store answers again");
                    }
                    return Ok(Delivered { reply, late: away_since.is_some() });
                }
                Err(error @ StoreError::Incompatible(_)) => return Err(error.into()),
                Err(error @ (StoreError::Unavailable { .. } | StoreError::Full { .. } | StoreError::Broken { .. })) => {
                    error
                }
            };
            tell(&error, away_since, turn.finishes.len());
            away_since.get_or_insert_with(Instant::now);
            tokio::select! {
                () = sleep(pause.mul_f64(rand::random_range(0.5..1.0))) => {}
                () = self.shutdown.immediate.cancelled() => return Err(Undelivered::AtOnce),
            }
            pause = (pause * 2).min(Self::LONGEST_PAUSE);
        }
    }
}

/// Once an outage; an answer that should not be is worth more attention than none.
fn tell(error: &StoreError, away_since: Option<Instant>, results: usize) {
    match (away_since, error.is_transient()) {
        (Some(since), _) => tracing::debug!(event = "store_away", %error, away_ms = millis(since), "still no answer"),
        (None, true) => tracing::warn!(
            event = "store_away", %error, results,
            "the store does not answer; handlers go on, their results are kept, and it is tried again"
        ),
        (None, false) => tracing::error!(
            event = "store_broken", %error, results,
            "the store does not do what it should; handlers go on, their results are kept, and it is tried again"
        ),
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
