//! After Redis was away nobody is taken for dead too early.

use std::time::{Duration, Instant};

use jobbers_conformance::sample::{completed, failed_expectedly, id, tasks, worker_id};
use jobbers_conformance::server::redis::WITH_AOF;
use jobbers_conformance::{Environment, Worker, scheduler};
use jobbers_core::model::Status;
use jobbers_core::store::{MoveOutcome, Overdue, Renewed, SharedStore, Stall, StoreError, Sweep};

use super::OwnServer;

/// The first answer after an outage: until then every error must be one that passes.
async fn answered(store: &SharedStore) -> Overdue {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match store.overdue(500).await {
            Ok(overdue) => return overdue,
            Err(StoreError::Unavailable { .. }) if Instant::now() < deadline => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Five tasks under a lease of 10 s; then the server dies and comes back after `away`.
async fn after_an_outage(away: Duration) -> (OwnServer, Environment, Worker, Vec<jobbers_core::store::ClaimedTask>) {
    let server = OwnServer::start(&WITH_AOF);
    let env = server.environment().await;
    env.store().submit(&tasks(0..5)).await.unwrap();
    let mut worker = Worker::start(env.store(), 1).await;
    let running = worker.claim(5).await;
    assert_eq!(running.len(), 5);
    env.advance(Duration::from_secs(3)).await;
    server.server.restart();
    env.advance(away).await;
    (server, env, worker, running)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reap_waits_one_full_lease_after_a_restart() {
    let (_server, env, mut worker, running) = after_an_outage(Duration::from_secs(60)).await;
    let overdue = answered(env.store()).await;
    let until = env.now().after(Duration::from_secs(10));
    assert_eq!((overdue.tasks.len(), overdue.waiting_until), (0, Some(until)));

    // Meanwhile the worker comes back: with its last tokens, past the deadline.
    assert_eq!(worker.renew(&running[0]).await, Renewed::Kept);
    assert_eq!(worker.finish(&running[1], completed("1")).await, MoveOutcome::Applied { status: Status::Completed });

    // Another handle, and a second scheduler, do not begin the wait anew.
    env.advance(Duration::from_secs(9)).await;
    assert_eq!(answered(&env.other().await).await.waiting_until, Some(until));
    assert_eq!(worker.renew(&running[0]).await, Renewed::Kept);
    env.advance(Duration::from_secs(1)).await;
    let overdue = answered(env.store()).await;
    assert_eq!(overdue.waiting_until, None);
    let mut listed: Vec<_> = overdue.tasks.iter().map(|task| (task.id, task.counts_as_lost)).collect();
    listed.sort();
    assert_eq!(listed, [(id(2), false), (id(3), false), (id(4), false)], "nobody can say that their worker died");
    let verdicts: Vec<_> = overdue.tasks.iter().map(scheduler::decide).collect();
    env.store().reap(&verdicts).await.unwrap();
    assert_eq!(
        env.store().get(id(2)).await.unwrap().map(|task| (task.status, task.lost)),
        Some((Status::Submitted, 0))
    );

    // From then on a lease that ends is a dead worker again.
    env.advance(Duration::from_secs(11)).await;
    let overdue = answered(env.store()).await;
    let listed: Vec<_> = overdue.tasks.iter().map(|task| (task.id, task.counts_as_lost)).collect();
    assert_eq!(listed, [(id(0), true)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_before_a_restart_is_decided_anew_after_it() {
    let server = OwnServer::start(&WITH_AOF);
    let env = server.environment().await;
    env.store().submit(&tasks(0..1)).await.unwrap();
    let mut worker = Worker::start(env.store(), 1).await;
    worker.claim_one().await;
    env.advance(Duration::from_secs(11)).await;
    let decided: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    assert_eq!(decided.len(), 1);
    server.server.restart();
    let mut reaped = env.store().reap(&decided).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(StoreError::Unavailable { .. }) = reaped {
        assert!(Instant::now() < deadline, "the server does not come back");
        reaped = env.store().reap(&decided).await;
    }
    assert_eq!(reaped.unwrap(), [MoveOutcome::Stale { now: Some(Status::Started) }], "its worker may come back");
    env.advance(Duration::from_secs(10)).await;
    assert_eq!(scheduler::reap(env.store()).await, [MoveOutcome::Applied { status: Status::Submitted }]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_that_nobody_could_tell_are_waited_for_after_a_restart() {
    let (_server, env, worker, running) = after_an_outage(Duration::from_secs(60)).await;
    let sweep = Sweep { after: None, limit: 500, rehearsal: false };
    let stall = Stall { stale: Some(Duration::from_secs(30)), sweep };
    // The first to ask: no scheduler has been there yet.
    let mut asked = env.store().stall(&stall).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(StoreError::Unavailable { .. }) = asked {
        assert!(Instant::now() < deadline, "the server does not come back");
        asked = env.store().stall(&stall).await;
    }
    assert_eq!(asked.unwrap().tasks, []);
    assert_eq!(worker.beat(&running[0], None).await, Renewed::Kept);
    assert_eq!(worker.renew(&running[1]).await, Renewed::Kept);
    assert_eq!(env.store().stall(&stall).await.unwrap().tasks, []);
    env.advance(Duration::from_secs(9)).await;
    let short = Stall { stale: Some(Duration::from_secs(1)), ..stall.clone() };
    assert_eq!(env.store().stall(&short).await.unwrap().tasks, [], "not even what is silent now");
    assert_eq!(worker.renew(&running[0]).await, Renewed::Kept);
    env.advance(Duration::from_secs(1)).await;
    assert_eq!(env.store().stall(&short).await.unwrap().tasks, [], "a later beat may have been lost");
    env.advance(Duration::from_secs(1)).await;
    let stalled = env.store().stall(&short).await.unwrap().tasks;
    assert_eq!(stalled.iter().map(|task| task.id).collect::<Vec<_>>(), [id(0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_doubled_by_a_restart() {
    let (server, env, mut worker, running) = after_an_outage(Duration::from_secs(1)).await;
    answered(env.store()).await;
    // The answer to this turn was lost with the server, for all that the worker knows.
    let finishes = running.iter().map(|task| worker.decide(task, failed_expectedly("busy"))).collect();
    let claim = worker.claim_of(5);
    let turn = worker.next_turn(finishes, Some(claim));
    let first = worker.send(&turn).await;
    restart(&env, &server).await;
    let again = worker.send(&turn).await;
    assert_eq!(again.finished, first.finished);
    assert_eq!(again.claimed, first.claimed);
    assert_eq!(again.claimed.len(), 5);
    for task in &again.claimed {
        assert_eq!((task.attempt, task.failures), (2, 1));
        assert_eq!(worker.finish(task, completed("1")).await, MoveOutcome::Applied { status: Status::Completed });
    }
}

async fn restart(env: &Environment, server: &OwnServer) {
    server.server.restart();
    answered(env.store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_come_again_after_a_restart() {
    let (server, env, _, running) = after_an_outage(Duration::from_secs(1)).await;
    answered(env.store()).await;
    let mut signals = env.store().worker_signals(worker_id(1)).await.unwrap();
    while signals.try_recv().is_ok() {}
    restart(&env, &server).await;
    // Either both come by themselves with the new subscription, or the cancellation is told over it.
    let told = async { while signals.recv().await != Some(jobbers_core::store::WorkerSignal::Renew) {} };
    env.store().cancel(running[0].id).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), told).await.expect("a signal after the restart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_is_told_soon_and_as_such() {
    let server = OwnServer::start(&WITH_AOF);
    let env = server.environment().await;
    server.server.stop();
    let begun = Instant::now();
    let error = env.store().get(id(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(3), "a manager has to answer within 2 s: {:?}", begun.elapsed());
}
