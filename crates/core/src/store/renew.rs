use std::time::Duration;

use crate::model::{Progress, TaskId, Timestamp, Token, WorkerId};

/// A worker says that it is alive and has these tasks.
#[derive(Debug, Clone)]
pub struct Renewal {
    pub worker: WorkerId,
    /// The leases hold until now + this.
    pub lease: Duration,
    /// At most [`MAX_BATCH`](super::MAX_BATCH).
    pub tasks: Vec<Lease>,
}

/// A task that a worker has.
#[derive(Debug, Clone)]
pub struct Lease {
    pub id: TaskId,
    pub token: Token,
    /// What its handler said since the last renewal.
    pub beat: Option<Beat>,
}

/// A sign of progress from a handler.
#[derive(Debug, Clone)]
pub struct Beat {
    pub progress: Option<Progress>,
    /// The policy's interval: the task is silent when it has not beaten again for this long.
    pub max_heartbeat_interval: Option<Duration>,
}

#[derive(Debug, Clone)]
pub struct RenewReply {
    pub now: Timestamp,
    /// One for each lease, in order.
    pub tasks: Vec<Renewed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    Kept,
    /// Kept, and someone asked for its end.
    CancelRequested,
    /// Not this worker's any more: whatever its handler does from here on counts for nothing.
    Taken,
}
