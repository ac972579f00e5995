use std::time::Duration;

use bytes::Bytes;

use super::Event;
use crate::model::{EndDetail, Status};

/// Which end of its lane a task goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Head,
    Tail,
}

/// Where a started task goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// With its result (JSON).
    Completed(Bytes),
    Failed {
        dead_letter: bool,
    },
    Waiting(Position),
    /// Due after this long.
    Scheduled(Duration),
    Cancelled,
    Stalled,
}

impl Destination {
    pub const fn status(&self) -> Status {
        match self {
            Self::Completed(_) => Status::Completed,
            Self::Failed { .. } => Status::Failed,
            Self::Waiting(_) => Status::Submitted,
            Self::Scheduled(_) => Status::Scheduled,
            Self::Cancelled => Status::Cancelled,
            Self::Stalled => Status::Stalled,
        }
    }
}

/// What a store is to do with a started task: decided here, applied there.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    pub event: Event,
    pub destination: Destination,
    /// Goes into the task's history.
    pub end: Option<EndDetail>,
    /// Counts one more failure.
    pub counts_failure: bool,
    /// Counts one more dead worker.
    pub counts_lost: bool,
    /// If someone has asked for its end, the task is cancelled instead.
    pub yields_to_cancel: bool,
}
