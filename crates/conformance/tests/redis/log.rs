//! The log, its chunks, and what is left of a task that is gone.

use bytes::Bytes;
use jobbers_conformance::Worker;
use jobbers_conformance::sample::{beta, id, task, task_in, task_of};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_core::model::{NewTask, TaskId};
use jobbers_core::store::{
    AgainOutcome, CancelOutcome, Filter, ForgetOutcome, List, MAX_BATCH, Order, Resubmit, SharedStore,
};

use super::{OwnServer, audit};

/// Tasks of one chunk.
const CHUNK: u64 = 512;

async fn submit(store: &SharedStore, numbers: std::ops::Range<u64>) {
    for batch in numbers.map(task).collect::<Vec<_>>().chunks(MAX_BATCH) {
        store.submit(batch).await.unwrap();
    }
}

/// Cancels and forgets.
async fn remove(store: &SharedStore, numbers: std::ops::Range<u64>) {
    for batch in numbers.map(id).collect::<Vec<_>>().chunks(MAX_BATCH) {
        store.cancel_all(batch).await.unwrap();
        let outcomes = store.forget(batch).await.unwrap();
        assert!(outcomes.iter().all(|outcome| *outcome == ForgetOutcome::Forgotten), "{outcomes:?}");
    }
}

async fn all(store: &SharedStore) -> Vec<TaskId> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let filter = Filter::default();
        let page = store.list(&List { filter, order: Order::OldestFirst, after, limit: 1_000 }).await.unwrap();
        ids.extend(page.entries.iter().map(|entry| entry.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

fn chunks(server: &OwnServer) -> Vec<String> {
    let mut keys = server.server.command(&["KEYS", "*:log:*"]);
    keys.sort();
    keys.iter().filter_map(|key| key.rsplit(':').next()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_goes_with_its_last_task_unless_it_still_grows() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    submit(store, 0..2 * CHUNK + 10).await;
    assert_eq!(chunks(&server), ["0", "1", "2"]);
    remove(store, 1..CHUNK).await;
    assert_eq!(chunks(&server), ["0", "1", "2"], "there is a task in each");
    remove(store, 0..1).await;
    assert_eq!(chunks(&server), ["1", "2"]);
    remove(store, 2 * CHUNK..2 * CHUNK + 10).await;
    assert_eq!(chunks(&server), ["1", "2"], "places are counted from the beginning of the chunk that grows");
    audit::check(&server);

    submit(store, 5_000..5_003).await;
    let expected: Vec<_> = (CHUNK..2 * CHUNK).chain(5_000..5_003).map(id).collect();
    assert_eq!(all(store).await, expected);
    // It is filled up, and all its tasks are forgotten, before the next one begins.
    remove(store, 5_000..5_003).await;
    submit(store, 6_000..6_000 + CHUNK - 13).await;
    remove(store, 6_000..6_000 + CHUNK - 13).await;
    submit(store, 7_000..7_002).await;
    assert_eq!(chunks(&server), ["1", "3"]);
    assert_eq!(all(store).await, (CHUNK..2 * CHUNK).chain(7_000..7_002).map(id).collect::<Vec<_>>());
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_chunk_that_was_filled_up_by_the_last_call_goes_when_the_next_begins() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    submit(store, 0..CHUNK - 1).await;
    remove(store, 0..CHUNK - 1).await;
    assert_eq!(chunks(&server), ["0"]);
    submit(store, CHUNK..CHUNK + 5).await;
    assert_eq!(chunks(&server), ["0", "1"], "the last place of the first chunk is taken");
    remove(store, CHUNK..CHUNK + 1).await;
    assert_eq!(chunks(&server), ["1"]);
    assert_eq!(all(store).await, (CHUNK + 1..CHUNK + 5).map(id).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_comes_again_elsewhere_is_not_found_where_it_was() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    store.submit(&[task(1), task(2)]).await.unwrap();
    remove(store, 1..2).await;
    store.submit(&[task_in("elsewhere", 1)]).await.unwrap();
    assert_eq!(all(store).await, [id(2), id(1)], "once, at its new place");
    let mut here = Worker::start(store, 1).await;
    let claimed: Vec<_> = here.claim_all().await.iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(2)], "a worker of the old queue does not get it");
    let mut elsewhere = Worker::consuming(store, 2, &["elsewhere"], &[task(1).task_type]).await;
    assert_eq!(elsewhere.claim_one().await.queue, "elsewhere");
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resubmitted_task_is_claimed_once_whatever_its_lane_still_holds() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    store.submit(&[task(1), task(2), task_of(beta(), 3)]).await.unwrap();
    for request in 0..3 {
        assert_eq!(store.cancel(id(1)).await.unwrap(), CancelOutcome::Cancelled);
        let resubmit =
            Resubmit { ids: vec![id(1), id(1)], reset_failures: true, only_dead: false, request: [request; 8] };
        assert_eq!(store.resubmit(&resubmit).await.unwrap(), [AgainOutcome::Applied; 2]);
    }
    audit::check(&server);
    let mut worker = Worker::start(store, 1).await;
    let mut claimed: Vec<_> = worker.claim_all().await.iter().map(|task| task.id).collect();
    claimed.sort();
    assert_eq!(claimed, [id(1), id(2), id(3)]);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_large_tasks_are_steered_and_read_in_pieces() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    let large = Bytes::from(format!("\"{}\"", "x".repeat((1 << 20) - 2)));
    let ids: Vec<_> = (0..20).map(id).collect();
    for n in 0..20 {
        store.submit(&[NewTask { parameters: large.clone(), ..task(n) }]).await.unwrap();
    }
    assert_eq!(store.cancel_all(&ids).await.unwrap(), [CancelOutcome::Cancelled; 20]);
    let resubmit = Resubmit { ids: ids.clone(), reset_failures: true, only_dead: false, request: [1; 8] };
    assert_eq!(store.resubmit(&resubmit).await.unwrap(), [AgainOutcome::Applied; 20]);
    for (most, expected) in [(0, 1), (1 << 20, 1), ((3 << 20) + 5, 3), (usize::MAX, 20)] {
        let tasks = store.tasks(&ids, most).await.unwrap();
        assert_eq!(tasks.len(), expected, "at most {most} bytes");
        assert!(tasks.iter().flatten().all(|task| task.parameters == large));
    }
    store.cancel_all(&ids).await.unwrap();
    assert_eq!(store.forget(&ids).await.unwrap(), [ForgetOutcome::Forgotten; 20]);
    assert_eq!(store.tasks(&ids, 0).await.unwrap(), vec![None; 20]);
}
