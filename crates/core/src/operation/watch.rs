//! One subscription for everybody in the process who waits for the end of a task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::model::TaskId;
use crate::store::{Moved, SharedStore};

/// Pause before the subscription is made again.
const RESUBSCRIBE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Watch {
    store: SharedStore,
    watched: Arc<Watched>,
    /// Nobody pays for messages that nobody waits for: the subscription begins with the first waiter.
    begun: Once,
    stop: CancellationToken,
    _stop_when_dropped: DropGuard,
}

/// The tasks whose end somebody waits for.
#[derive(Debug, Default)]
struct Watched {
    tasks: Mutex<HashMap<TaskId, Waiters>>,
}

#[derive(Debug, Default)]
struct Waiters {
    count: usize,
    news: Arc<Notify>,
}

/// Somebody waits for the end of this task, until this is dropped.
#[derive(Debug)]
pub(super) struct Watching {
    id: TaskId,
    watched: Arc<Watched>,
    pub(super) news: Arc<Notify>,
}

impl Watch {
    pub(super) fn new(store: SharedStore) -> Self {
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        Self { store, watched: Arc::default(), begun: Once::new(), stop, _stop_when_dropped }
    }

    /// News of this task come from now on: that it ended, or that news may have been missed.
    pub(super) fn on(&self, id: TaskId) -> Watching {
        self.begun.call_once(|| {
            let (store, watched, stop) = (self.store.clone(), self.watched.clone(), self.stop.clone());
            tokio::spawn(async move { stop.run_until_cancelled(watched.follow(store)).await });
        });
        self.watched.on(id)
    }
}

impl Watched {
    fn on(self: &Arc<Self>, id: TaskId) -> Watching {
        let mut tasks = self.lock();
        let waiters = tasks.entry(id).or_default();
        waiters.count += 1;
        let news = waiters.news.clone();
        drop(tasks);
        Watching { id, watched: self.clone(), news }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TaskId, Waiters>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(&self, store: SharedStore) {
        loop {
            match store.moves().await {
                Ok(mut moves) => {
                    self.wake_all();
                    while let Some(moved) = moves.recv().await {
                        match moved {
                            Moved::Task(id, status) if status.is_ended() => self.wake(id),
                            Moved::Task(..) => {}
                            Moved::Resync => self.wake_all(),
                        }
                    }
                }
                Err(error) => tracing::debug!(event = "no_subscription", %error),
            }
            sleep(RESUBSCRIBE).await;
        }
    }

    fn wake(&self, id: TaskId) {
        if let Some(waiters) = self.lock().get(&id) {
            waiters.news.notify_waiters();
        }
    }

    fn wake_all(&self) {
        self.lock().values().for_each(|waiters| waiters.news.notify_waiters());
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut tasks = self.watched.lock();
        if let Some(waiters) = tasks.get_mut(&self.id) {
            waiters.count -= 1;
            if waiters.count == 0 {
                tasks.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn watching(watched: &Arc<Watched>, id: u128) -> Watching {
        watched.on(TaskId::from_parts(0, id))
    }

    #[test]
    fn news_wake_everybody_who_waits_for_that_task() {
        let watched = Arc::<Watched>::default();
        let (first, second, other) = (watching(&watched, 1), watching(&watched, 1), watching(&watched, 2));
        let mut waits = [&first, &second, &other].map(|watching| Box::pin(watching.news.notified()));
        for wait in &mut waits {
            wait.as_mut().enable();
        }
        watched.wake(first.id);
        assert_eq!(waits.each_mut().map(|wait| wait.as_mut().now_or_never().is_some()), [true, true, false]);
        watched.wake_all();
        assert!(waits[2].as_mut().now_or_never().is_some());
    }

    #[test]
    fn waiters_leave_nothing_behind() {
        let watched = Arc::<Watched>::default();
        let (first, second) = (watching(&watched, 1), watching(&watched, 1));
        drop(first);
        assert_eq!(watched.lock().len(), 1, "somebody still waits");
        drop(second);
        assert_eq!(watched.lock().len(), 0);
    }
}
