use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Leaves the store to others between two steps for as long as the last one took, so that cleaning never takes more than
/// half of it, however much there is to do.
#[derive(Debug)]
pub(crate) struct Breath(Instant);

impl Breath {
    const LONGEST: Duration = Duration::from_millis(500);

    pub(crate) fn before_a_step() -> Self {
        Self(Instant::now())
    }

    pub(crate) async fn take(self) {
        sleep(self.0.elapsed().min(Self::LONGEST)).await;
    }
}
