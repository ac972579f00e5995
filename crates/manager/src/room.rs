use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Kind, Problem};
use crate::settings::ManagerSettings;

/// What requests may take of the manager at once, all together. Where there is no room a request gets 503 at once
/// and may come again; nobody queues for room, because whoever queues takes some as well.
#[derive(Debug)]
pub(crate) struct Room {
    waits: Bound,
    streams: Bound,
    bodies: Bound,
}

#[derive(Debug)]
struct Bound {
    room: Arc<Semaphore>,
    most: usize,
}

/// A part of the room, until this is dropped.
pub(crate) type Taken = OwnedSemaphorePermit;

impl Room {
    pub(crate) fn new(settings: &ManagerSettings) -> Self {
        let bound = |most: usize| {
            let most = most.min(Semaphore::MAX_PERMITS);
            Bound { room: Arc::new(Semaphore::new(most)), most }
        };
        Self {
            waits: bound(settings.max_waits),
            streams: bound(settings.max_streams),
            // One body of the largest size must always fit.
            bodies: bound(settings.max_bodies.max(settings.max_body)),
        }
    }

    /// For a request that waits for a task.
    pub(crate) fn for_wait(&self) -> Result<Taken, Problem> {
        self.waits.take(1).ok_or_else(|| {
            let most = self.waits.most;
            busy(format!(
                "{most} requests wait for tasks already, which is MAX_WAITS: ask without `wait`, or try again later"
            ))
        })
    }

    /// For a stream of events.
    pub(crate) fn for_stream(&self) -> Result<Taken, Problem> {
        self.streams.take(1).ok_or_else(|| {
            busy(format!("{} streams are open already, which is MAX_STREAMS: try again later", self.streams.most))
        })
    }

    /// For bytes of the body of a request.
    pub(crate) fn for_body(&self, bytes: usize) -> Result<Taken, Problem> {
        self.bodies.take(bytes).ok_or_else(|| {
            busy(format!("bodies of requests fill {} bytes already, which is MAX_BODIES: try again", self.bodies.most))
        })
    }
}

impl Bound {
    fn take(&self, count: usize) -> Option<Taken> {
        let count = u32::try_from(count).ok()?;
        self.room.clone().try_acquire_many_owned(count).ok()
    }
}

fn busy(detail: String) -> Problem {
    Problem::new(Kind::Busy, detail)
}
