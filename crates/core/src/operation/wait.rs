use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Operations, get};
use crate::model::{Task, TaskId};

/// How often a waiter looks by itself, for news that got lost.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

impl Operations {
    /// The task when it has ended, or as it is when the time is over or `stop` is cancelled. A store that goes away
    /// meanwhile does not end the waiting.
    pub async fn wait(&self, id: TaskId, at_most: Duration, stop: &CancellationToken) -> Result<Task, get::Error> {
        let until = Instant::now() + at_most;
        let watching = self.watch.on(id);
        let mut first = true;
        loop {
            let mut news = pin!(watching.news.notified());
            // From here on no news gets lost, so the look that follows is not too early.
            news.as_mut().enable();
            let task = self.get(id).await;
            let decided = match &task {
                Ok(task) => task.status.is_ended(),
                Err(get::Error::NotFound(_)) => true,
                Err(get::Error::Store(_)) => first,
            };
            if decided || Instant::now() >= until || stop.is_cancelled() {
                return task;
            }
            first = false;
            let next_look = until.min(Instant::now() + LOOK_AGAIN);
            let _ = timeout_at(next_look, stop.run_until_cancelled(news)).await;
        }
    }
}
