use serde::{Deserialize, Serialize};

/// The queue of a submission that names none and whose task type names none.
pub const DEFAULT_QUEUE: &str = "default";

/// A named bucket of waiting tasks with its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub name: String,
    /// Tasks of this queue that one worker runs at once; none = unlimited.
    pub max_concurrent: Option<u32>,
}
