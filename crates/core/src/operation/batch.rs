//! Submissions that arrive together go to the store together.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::Instant;

use super::patience::persist;
use crate::model::{IdempotencyKey, NewTask, TaskId};
use crate::store::{MAX_BATCH, SharedStore, StoreError, SubmitOutcome};

/// Batches on their way at once: while one is answered, the next one is.
const IN_FLIGHT: usize = 2;
/// Bytes of parameters and metadata from which on a batch takes no more tasks.
const BATCH_BYTES: usize = 1 << 20;
/// How long a batch is sent again while the store is away.
const PERSIST: Duration = Duration::from_millis(1200);

/// Where submissions wait for the next batch. One that comes alone goes at once.
#[derive(Debug)]
pub(super) struct Batches {
    inbox: mpsc::Sender<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    task: NewTask,
    reply: oneshot::Sender<Result<(NewTask, SubmitOutcome), StoreError>>,
}

impl Batches {
    pub(super) fn start(store: SharedStore) -> Self {
        let (inbox, arriving) = mpsc::channel(2 * MAX_BATCH);
        tokio::spawn(collect(store, arriving));
        Self { inbox }
    }

    /// Stores one task, and gives it back. If this is dropped before its batch was sent, nothing happens.
    pub(super) async fn submit(&self, task: NewTask) -> Result<(NewTask, SubmitOutcome), StoreError> {
        let (reply, answer) = oneshot::channel();
        let gone = |_| StoreError::Broken { operation: "submit", detail: "the process is stopping".into() };
        self.inbox.send(Waiting { task, reply }).await.map_err(|_| gone(()))?;
        answer.await.map_err(|_| gone(()))?
    }
}

async fn collect(store: SharedStore, mut arriving: mpsc::Receiver<Waiting>) {
    let places = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut waiting = Vec::new();
    loop {
        // First the place, then the tasks: whatever arrives until there is a place joins the batch.
        let Ok(place) = places.clone().acquire_owned().await else { return };
        if !gather(&mut arriving, &mut waiting).await {
            return;
        }
        waiting.retain(|one| !one.reply.is_closed());
        let rest = rest_of_batch(&mut waiting);
        if !waiting.is_empty() {
            tokio::spawn(send(store.clone(), std::mem::take(&mut waiting), place));
        }
        waiting = rest;
    }
}

/// Waits until something waits, and takes along what comes at the same time; false if nothing will come any more.
async fn gather(arriving: &mut mpsc::Receiver<Waiting>, waiting: &mut Vec<Waiting>) -> bool {
    if waiting.is_empty() && arriving.recv_many(waiting, MAX_BATCH).await == 0 {
        return false;
    }
    // Everybody else who is ready gets a turn: of requests that arrived together the first would go alone. Where
    // nobody is, that is no time at all.
    yield_now().await;
    while waiting.len() < MAX_BATCH
        && let Ok(one) = arriving.try_recv()
    {
        waiting.push(one);
    }
    true
}

/// Leaves in `waiting` what fits into one batch, with each id and each key once, and returns the rest.
fn rest_of_batch(waiting: &mut Vec<Waiting>) -> Vec<Waiting> {
    let mut load = Load::default();
    let end = waiting.iter().position(|one| !load.takes(&one.task));
    waiting.split_off(end.unwrap_or(waiting.len()))
}

/// What one step carries.
#[derive(Debug, Default)]
pub(super) struct Load {
    ids: HashSet<TaskId>,
    keys: HashSet<IdempotencyKey>,
    bytes: usize,
}

impl Load {
    /// Takes a task along, unless it must go with a later step. The first one is always taken.
    pub(super) fn takes(&mut self, task: &NewTask) -> bool {
        let full = self.ids.len() >= MAX_BATCH || self.bytes >= BATCH_BYTES;
        let known = self.ids.contains(&task.id) || task.idempotency_key.is_some_and(|key| self.keys.contains(&key));
        if full || known {
            return false;
        }
        self.ids.insert(task.id);
        self.keys.extend(task.idempotency_key);
        self.bytes += task.parameters.len() + task.metadata.as_ref().map_or(0, Bytes::len);
        true
    }
}

async fn send(store: SharedStore, batch: Vec<Waiting>, _place: OwnedSemaphorePermit) {
    let (tasks, replies): (Vec<_>, Vec<_>) = batch.into_iter().map(|one| (one.task, one.reply)).unzip();
    let outcomes = match persist("submit", Instant::now() + PERSIST, || store.submit(&tasks)).await {
        Ok(outcomes) if outcomes.len() == replies.len() => tasks.into_iter().zip(outcomes).map(Ok).collect(),
        Ok(outcomes) => {
            let detail = format!("{} answers for {} tasks", outcomes.len(), replies.len());
            vec![Err(StoreError::Broken { operation: "submit", detail }); replies.len()]
        }
        Err(error) => vec![Err(error); replies.len()],
    };
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        // Whoever asked may have given up meanwhile.
        let _ = reply.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{TaskType, When};

    fn waiting(id: u128, bytes: usize) -> Waiting {
        let task = NewTask {
            id: TaskId::from_parts(0, id),
            task_type: TaskType::new("noop", 1),
            queue: "default".into(),
            priority: 5,
            when: When::Now,
            parameters: vec![b' '; bytes].into(),
            metadata: None,
            trace_id: None,
            fingerprint: [0; 8],
            expires_at: None,
            idempotency_key: None,
        };
        Waiting { task, reply: oneshot::channel().0 }
    }

    fn split(mut all: Vec<Waiting>) -> (usize, usize) {
        let rest = rest_of_batch(&mut all);
        (all.len(), rest.len())
    }

    #[tokio::test]
    async fn who_is_ready_goes_along() {
        let (inbox, mut arriving) = mpsc::channel(2 * MAX_BATCH);
        inbox.send(waiting(0, 2)).await.unwrap();
        for id in 1..50 {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.send(waiting(id, 2)).await.unwrap() });
        }
        let mut together = Vec::new();
        assert!(gather(&mut arriving, &mut together).await);
        assert_eq!(together.len(), 50);
        drop(inbox);
        assert!(!gather(&mut arriving, &mut Vec::new()).await, "nobody is left");
    }

    #[tokio::test]
    async fn no_more_are_gathered_than_one_step_takes() {
        let (inbox, mut arriving) = mpsc::channel(2 * MAX_BATCH);
        for id in 0..MAX_BATCH + 100 {
            inbox.send(waiting(id as u128, 2)).await.unwrap();
        }
        let mut together = vec![waiting(1_000, 2)];
        assert!(gather(&mut arriving, &mut together).await);
        assert_eq!(together.len(), MAX_BATCH);
    }

    #[test]
    fn a_batch_has_each_id_once() {
        assert_eq!(split(vec![waiting(1, 2), waiting(2, 2), waiting(1, 2), waiting(3, 2)]), (2, 2));
    }

    #[test]
    fn a_batch_has_each_key_once() {
        let mut all: Vec<Waiting> = (0..3).map(|id| waiting(id, 2)).collect();
        all[0].task.idempotency_key = Some([1; 16]);
        all[2].task.idempotency_key = Some([1; 16]);
        assert_eq!(split(all), (2, 1));
    }

    #[test]
    fn a_batch_is_bounded_in_bytes_but_takes_at_least_one_task() {
        assert_eq!(split(vec![waiting(1, 2 * BATCH_BYTES), waiting(2, 2)]), (1, 1));
        assert_eq!(split((0..10).map(|id| waiting(id, BATCH_BYTES / 4)).collect()), (4, 6));
        assert_eq!(split((0..600).map(|id| waiting(id, 2)).collect()), (MAX_BATCH, 100));
        assert_eq!(split(Vec::new()), (0, 0));
    }
}
