use crate::model::Timestamp;

/// Which due tasks to move.
#[derive(Debug, Clone)]
pub struct Promote {
    /// None = all.
    pub queues: Option<Vec<String>>,
    /// Tasks to move at the most, [`MAX_BATCH`](super::MAX_BATCH) at the most.
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promoted {
    pub now: Timestamp,
    /// Tasks moved.
    pub moved: usize,
    /// When the next task of these queues is due (it may be past: then there is more to move now);
    /// a hint that may be too early, never too late.
    pub next_due: Option<Timestamp>,
}
