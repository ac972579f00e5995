use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Timestamp;

/// The clock of the embedded store. All processes on a file share one machine, so its clock is theirs.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's; the only place that reads it.
    #[default]
    System,
    /// Milliseconds since 1970 that a test moves.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    pub(super) fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::default().after(elapsed)
            }
            Self::Manual(milliseconds) => Timestamp::from_millis(milliseconds.load(Ordering::SeqCst)),
        }
    }
}
