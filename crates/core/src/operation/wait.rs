use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::patience::within;
use super::watch::Look;
use super::{Operations, get};
use crate::model::{Task, TaskId};

impl Operations {
    /// The task when it has ended, or as it is when the time is over or `stop` is cancelled. A store that goes away
    /// meanwhile does not end the waiting.
    pub async fn wait(&self, id: TaskId, at_most: Duration, stop: &CancellationToken) -> Result<Arc<Task>, get::Error> {
        let until = Instant::now() + at_most;
        let mut watching = self.watch.on(id);
        let found = |look: Look| look?.ok_or(get::Error::NotFound(id));
        let task = found(within("get", watching.look()).await)?;
        if task.status.is_ended() || Instant::now() >= until {
            return Ok(task);
        }
        // It may be large, and the wait long.
        drop(task);
        match timeout_at(until, stop.run_until_cancelled(watching.end())).await {
            Ok(Some(ended)) => found(ended),
            Ok(None) | Err(_) => found(within("get", watching.look()).await),
        }
    }
}
