use serde::{Deserialize, Serialize};

/// The role of a worker that names none.
pub const DEFAULT_ROLE: &str = "default";

/// A named set of queues that a worker consumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub name: String,
    pub queues: Vec<String>,
}
