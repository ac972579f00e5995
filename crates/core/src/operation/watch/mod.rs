//! Everybody in the process who waits for tasks, over one subscription and shared reads.
//!
//! Ten thousand callers may wait at once, for one task or for ten thousand. What that costs the store:
//!
//! - One subscription, which begins with the first caller, whatever the number.
//! - A look at the start, and one when the time is over. Nobody reads alone: who wants to look at a task puts its id
//!   into a table, and a reader takes what is there in batches of [`BATCH`]. A thousand callers that arrive while a read
//!   is under way are the next one; a thousand that want the same task are one id of it.
//! - One read for each watched task that ends, however many wait for it: the message marks the task, the reader looks,
//!   and what it finds goes to all of them.
//! - A look for news that got lost. While there is a subscription nothing gets lost unnoticed: a store says `Resync` when
//!   it may have missed a message, and then every watched task is looked at, in batches. So behind that there is only a
//!   slow look, every [`AGAIN`] or so, at other moments for each task: 10,000 waiters are some 700 tasks a second in four
//!   calls, where 10,000 looks of their own every two seconds would be 5,000 calls. Without a subscription, or when a
//!   look failed, it is [`SOON`].

mod reader;
mod subscription;
mod table;

use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast, oneshot, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::model::{Task, TaskId};
use crate::store::{Moved, SharedStore, StoreError};
use table::Table;

/// Tasks in one read.
const BATCH: usize = 200;
/// Looks without news, while news come.
const AGAIN: Duration = Duration::from_secs(15);
/// Looks without news, while news may not come.
const SOON: Duration = Duration::from_secs(2);
/// News that a listener of all tasks may leave unread.
const KEPT_NEWS: usize = 4_096;

/// What a look at a task found; none if there is no such task.
pub(super) type Look = Result<Option<Arc<Task>>, StoreError>;

#[derive(Debug)]
pub(super) struct Watch {
    shared: Arc<Shared>,
    /// Nobody pays for messages that nobody waits for: the subscription begins with the first waiter.
    begun: Once,
    stop: CancellationToken,
    _stop_when_dropped: DropGuard,
}

#[derive(Debug)]
struct Shared {
    store: SharedStore,
    table: Mutex<Table>,
    /// There is something to read.
    wanted: Notify,
    news: broadcast::Sender<Moved>,
}

/// Somebody watches this task, until this is dropped.
#[derive(Debug)]
pub(super) struct Watching {
    id: TaskId,
    shared: Arc<Shared>,
    ended: watch::Receiver<Option<Look>>,
    /// Something happened to the task. Only said to those who asked for it.
    pub(super) changed: watch::Receiver<()>,
    every_change: bool,
}

impl Watch {
    pub(super) fn new(store: SharedStore) -> Self {
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        let (news, _) = broadcast::channel(KEPT_NEWS);
        let shared = Shared { store, table: Mutex::default(), wanted: Notify::new(), news };
        Self { shared: Arc::new(shared), begun: Once::new(), stop, _stop_when_dropped }
    }

    /// Watches a task for its end.
    pub(super) fn on(&self, id: TaskId) -> Watching {
        self.begin();
        Watching::of(&self.shared, id, false)
    }

    /// Watches a task for every change.
    pub(super) fn closely(&self, id: TaskId) -> Watching {
        self.begin();
        Watching::of(&self.shared, id, true)
    }

    /// Every change of every task from now on.
    pub(super) fn all(&self) -> broadcast::Receiver<Moved> {
        self.begin();
        self.shared.news.subscribe()
    }

    fn begin(&self) {
        self.begun.call_once(|| {
            let (shared, stop) = (self.shared.clone(), self.stop.clone());
            let work = async move {
                tokio::join!(subscription::follow(&shared), reader::read(&shared), reader::look_again(&shared))
            };
            tokio::spawn(async move { stop.run_until_cancelled(work).await.is_some() });
        });
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watching {
    fn of(shared: &Arc<Shared>, id: TaskId, every_change: bool) -> Self {
        let (ended, changed) = shared.lock().enter(id, every_change);
        Self { id, shared: shared.clone(), ended, changed, every_change }
    }

    /// The task as it is after this was called.
    pub(super) async fn look(&self) -> Look {
        let (asker, answer) = oneshot::channel();
        self.shared.lock().ask(self.id, asker);
        self.shared.wanted.notify_one();
        let stopping = |_| StoreError::Broken { operation: "get", detail: "the process is stopping".into() };
        answer.await.map_err(stopping)?
    }

    /// The task when it ends, or is removed, after this began.
    pub(super) async fn end(&mut self) -> Look {
        loop {
            if self.ended.changed().await.is_err() {
                return std::future::pending().await;
            }
            if let Some(look) = self.ended.borrow_and_update().clone() {
                return look;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.shared.lock().leave(self.id, self.every_change);
    }
}
