//! A full Redis takes nothing new, and drains.

use std::time::Duration;

use bytes::Bytes;
use jobbers_conformance::Worker;
use jobbers_conformance::sample::{
    LEASE, completed, failed_expectedly, failed_for_later, id, registration, task, task_after, worker_id,
};
use jobbers_conformance::scheduler;
use jobbers_core::model::{NewTask, Policy, ProcessInfo, ProcessKind, Progress, Status, TaskId};
use jobbers_core::store::{
    AgainOutcome, CancelOutcome, Filter, ForgetOutcome, List, MoveOutcome, Order, Renewed, Resubmit, SharedStore,
    StoreError,
};

use super::{OwnServer, audit};

/// Submits batches until the store refuses one; the ids that were accepted, and those of the refused batch.
pub async fn fill(store: &SharedStore) -> (Vec<TaskId>, Vec<TaskId>) {
    let mut accepted = Vec::new();
    // First in large steps, then down to the last byte.
    for size in [200, 20, 1] {
        loop {
            let from = 10_000 + accepted.len() as u64;
            let padding = Bytes::from(format!("\"{}\"", "x".repeat(200)));
            let batch: Vec<_> =
                (from..from + size).map(|n| NewTask { parameters: padding.clone(), ..task(n) }).collect();
            let ids: Vec<_> = batch.iter().map(|task| task.id).collect();
            match store.submit(&batch).await {
                Ok(_) => accepted.extend(ids),
                Err(StoreError::Full { .. }) if size > 1 => break,
                Err(StoreError::Full { .. }) => return (accepted, ids),
                Err(error) => panic!("a full store says so, not: {error}"),
            }
            assert!(accepted.len() < 100_000, "the store is never full");
        }
    }
    unreachable!("the last size returns")
}

async fn status(store: &SharedStore, id: TaskId) -> Option<Status> {
    store.get(id).await.unwrap().map(|task| task.status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_refuses_whole_submissions_and_drains() {
    let server = OwnServer::start(&["--save", "", "--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let env = server.environment().await;
    let store = env.store();
    let mut worker = Worker::start(store, 1).await;
    let mut dead = Worker::start(store, 2).await;
    store.submit(&(0..20).map(task).collect::<Vec<_>>()).await.unwrap();
    store.submit(&(20..25).map(|n| task_after(5, n)).collect::<Vec<_>>()).await.unwrap();
    let running = worker.claim(10).await;
    let doomed = dead.claim(5).await;
    assert_eq!((running.len(), doomed.len()), (10, 5));

    let (mut accepted, refused) = fill(store).await;
    for id in refused {
        assert_eq!(status(store, id).await, None, "a refused submission has stored nothing");
    }
    assert_eq!(status(store, *accepted.last().unwrap()).await, Some(Status::Submitted));
    // The server may have given some memory of its own back meanwhile.
    for n in 200_000.. {
        let before = server.server.command(&["DBSIZE"]);
        match store.submit(&[task(n)]).await {
            Ok(_) => accepted.push(id(n)),
            Err(StoreError::Full { .. }) => {
                assert_eq!(server.server.command(&["DBSIZE"]), before);
                break;
            }
            Err(error) => panic!("a full store says so, not: {error}"),
        }
        assert!(n < 201_000, "the store is not full");
    }

    // What runs goes on.
    env.advance(Duration::from_secs(6)).await;
    let progress = Some(Progress { percent: 50.0, message: Some("half".to_owned()) });
    for attempt in &running {
        assert_eq!(worker.beat(attempt, progress.clone()).await, Renewed::Kept);
    }
    assert_eq!(store.cancel(id(15)).await.unwrap(), CancelOutcome::Cancelled);
    assert!(matches!(store.cancel(running[9].id).await.unwrap(), CancelOutcome::Requested { .. }));
    assert_eq!(worker.renew(&running[9]).await, Renewed::CancelRequested);
    assert_eq!(scheduler::promote(store).await.moved, 5);
    let applied = |status| MoveOutcome::Applied { status };
    assert_eq!(worker.finish(&running[0], completed("\"a result of its own\"")).await, applied(Status::Completed));
    assert_eq!(worker.finish(&running[1], failed_expectedly("busy")).await, applied(Status::Submitted));
    assert_eq!(worker.finish(&running[2], failed_for_later("busy", 60)).await, applied(Status::Scheduled));
    assert_eq!(worker.finish(&running[9], failed_expectedly("busy")).await, applied(Status::Cancelled));
    env.advance(LEASE / 2).await;
    for attempt in &running[3..9] {
        assert_eq!(worker.renew(attempt).await, Renewed::Kept);
    }
    assert_eq!(scheduler::reap(store).await, vec![applied(Status::Submitted); 5]);

    // And what waits is done, to the last.
    let mut done = 0;
    loop {
        let claimed = worker.claim(100).await;
        if claimed.is_empty() {
            break;
        }
        let finishes = claimed.iter().map(|task| worker.decide(task, completed("1"))).collect();
        let turn = worker.next_turn(finishes, None);
        let reply = worker.send(&turn).await;
        assert!(reply.finished.iter().all(|outcome| *outcome == applied(Status::Completed)));
        done += claimed.len();
    }
    // 20 - 10 running - 1 cancelled, 1 retry, 5 promoted, and the filling; the reaped are among the first 20.
    assert_eq!(done, 9 + 1 + 5 + accepted.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_can_start_on_a_full_store_and_drain_it() {
    let server = OwnServer::start(&["--save", "", "--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let env = server.environment().await;
    let installation = env.store().belong("the first").await.unwrap();
    fill(env.store()).await;

    let store = env.other().await;
    assert_eq!(store.belong("another").await.unwrap(), installation);
    let policy = Policy { max_retries: 7, ..Policy::default() };
    store.register(&[registration(task(1).task_type, policy)]).await.unwrap();
    let process = ProcessInfo {
        id: worker_id(7),
        kind: ProcessKind::Worker,
        host: "here".to_owned(),
        pid: 1,
        role: None,
        queues: vec!["default".to_owned()],
        slots: 1,
        types: Vec::new(),
        version: "1".to_owned(),
        started_at: env.now(),
        load: None,
    };
    store.announce(&process, LEASE).await.unwrap();
    assert!(store.live().await.unwrap().iter().any(|live| live.process.id == process.id));
    let mut worker = Worker::start(&store, 7).await;
    let claimed = worker.claim(10).await;
    assert_eq!(claimed.len(), 10);
    for task in &claimed {
        assert_eq!(worker.finish(task, completed("null")).await, MoveOutcome::Applied { status: Status::Completed });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_takes_every_step_but_submissions() {
    let server = OwnServer::start(&["--save", "", "--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let env = server.environment().await;
    let store = env.store();
    let soon = Some(env.now().after(Duration::from_secs(1)));
    let expiring = (0..5).map(|n| NewTask { expires_at: soon, ..task(n) });
    let scheduled = (5..10).map(|n| task_after(60, n));
    store.submit(&expiring.chain(scheduled).collect::<Vec<_>>()).await.unwrap();
    let worker = Worker::start(store, 3).await;
    let process = ProcessInfo {
        id: worker.id,
        kind: ProcessKind::Worker,
        host: "here".to_owned(),
        pid: 1,
        role: None,
        queues: vec!["default".to_owned()],
        slots: 1,
        types: Vec::new(),
        version: "1".to_owned(),
        started_at: env.now(),
        load: None,
    };
    let (accepted, _) = fill(store).await;
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(store.expire(500).await.unwrap().moved, 5);
    let ids: Vec<_> = (5..10).map(id).collect();
    assert_eq!(store.hasten(&ids).await.unwrap(), [AgainOutcome::Applied; 5]);
    let many = &accepted[..300];
    assert_eq!(store.cancel_all(many).await.unwrap(), [CancelOutcome::Cancelled; 300]);
    let again = Resubmit { ids: many[..200].to_vec(), reset_failures: true, only_dead: false, request: [1; 8] };
    assert_eq!(store.resubmit(&again).await.unwrap(), [AgainOutcome::Applied; 200]);
    assert!(!store.announce(&process, LEASE).await.unwrap().drain);
    assert!(store.drain(worker.id).await.unwrap());
    assert!(store.announce(&process, LEASE).await.unwrap().drain);
    assert_eq!(store.forget(&many[200..]).await.unwrap(), [ForgetOutcome::Forgotten; 100]);
    audit::check(&server);
    // Lists and counts are read from where they are.
    let filter = Filter { status: Some(Status::Cancelled), ..Filter::default() };
    let listed = store.list(&List { filter, order: Order::NewestFirst, after: None, limit: 100 }).await.unwrap();
    assert_eq!(listed.entries.len(), 5);
    assert_eq!(store.counts().await.unwrap()[0].waiting, accepted.len() as u64 - 100 + 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_on_a_full_store_cancels_what_has_expired() {
    let server = OwnServer::start(&["--save", "", "--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let env = server.environment().await;
    let store = env.store();
    let soon = Some(env.now().after(Duration::from_secs(1)));
    store.submit(&(0..50).map(|n| NewTask { expires_at: soon, ..task(n) }).collect::<Vec<_>>()).await.unwrap();
    fill(store).await;
    env.advance(Duration::from_secs(1)).await;
    let mut worker = Worker::start(store, 1).await;
    assert_eq!(worker.claim(10).await.len(), 10);
    assert_eq!(status(store, id(0)).await, Some(Status::Cancelled));
    audit::check(&server);
}
