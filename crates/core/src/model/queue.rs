use serde::{Deserialize, Serialize};

use super::RateLimit;

/// The queue of a submission that names none and whose task type names none.
pub const DEFAULT_QUEUE: &str = "default";

/// Tasks of a queue that one worker runs at once where nothing else was said.
pub const DEFAULT_MAX_CONCURRENT: u32 = 10;

/// A named bucket of waiting tasks with its limits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Queue {
    pub name: String,
    /// Tasks of this queue that one worker runs at once; none = unlimited.
    pub max_concurrent: Option<u32>,
    /// The same of all workers together; none = unlimited.
    pub max_concurrent_total: Option<u32>,
    /// How often its tasks may start, over all workers; none = unlimited.
    pub rate: Option<RateLimit>,
    /// Workers claim nothing from it.
    pub paused: bool,
}
