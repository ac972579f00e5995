//! Sweeps of what only Redis has: entries of lanes, sets of many names, a memory that is full.

use std::time::Duration;

use jobbers_conformance::sample::{LEASE, alpha, beta, failed, id, task, task_in, task_of, tasks};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker};
use jobbers_core::model::{DeadLetter, Policy, Status, TaskId, Timestamp};
use jobbers_core::store::{
    Cursor, DiscardOutcome, DropWaiting, Errors, MAX_BATCH, Prunable, Prune, Purge, SharedStore, Stall, Sweep, Trim,
    Trimmed,
};

use super::{OwnServer, audit};

const HOUR: Duration = Duration::from_secs(3600);

fn piece(after: Option<Cursor>) -> Sweep {
    Sweep { after, limit: MAX_BATCH, rehearsal: false }
}

/// Sweeps what is silent for some seconds, and a little of everything else.
pub async fn sweep(store: &SharedStore) {
    let stale = Some(Duration::from_secs(3));
    store.stall(&Stall { stale, sweep: piece(None) }).await.unwrap();
    let unknown = jobbers_core::model::TaskType::new("unknown", 1);
    let drop = DropWaiting { queue: "default".to_owned(), task_type: unknown, waited: HOUR, limit: 10 };
    store.drop_waiting(&drop).await.unwrap();
    for what in [Prunable::Ended, Prunable::DeadLetters] {
        store.prune(&Prune { what, age: HOUR, sweep: piece(None) }).await.unwrap();
    }
    store.trim(&Trim { since: None, until: None, sweep: piece(None) }).await.unwrap();
    store.waiting().await.unwrap();
    let purge =
        Purge { queue: "unknown".to_owned(), before: store.now().await.unwrap(), scheduled: true, sweep: piece(None) };
    store.purge(&purge).await.unwrap();
    store.standing(id(1), None).await.unwrap();
    store.errors(&Errors { limit: 10, ..Errors::default() }).await.unwrap();
    store.discard(&[id(0)]).await.unwrap();
}

/// Trims until the walk is over: entries of unknown tasks, other dead ones.
async fn trim_all(
    store: &SharedStore,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    rehearsal: bool,
) -> [usize; 2] {
    let mut after = None;
    let mut found = [0, 0];
    for _ in 0..1000 {
        let sweep = Sweep { rehearsal, ..piece(after) };
        let Trimmed { gone, dead, next, .. } = store.trim(&Trim { since, until, sweep }).await.unwrap();
        found = [found[0] + gone, found[1] + dead];
        if next.is_none() {
            return found;
        }
        after = next;
    }
    panic!("the walk does not end");
}

fn lane(server: &OwnServer) -> usize {
    server.server.command(&["LLEN", "jobbers:{0}:lane:default:alpha@1:5"])[0].parse().unwrap()
}

async fn cancel(env: &Environment, numbers: impl Iterator<Item = u64>) -> Vec<TaskId> {
    let ids: Vec<TaskId> = numbers.map(id).collect();
    for some in ids.chunks(MAX_BATCH) {
        env.store().cancel_all(some).await.unwrap();
    }
    ids
}

async fn submit(env: &Environment, numbers: std::ops::Range<u64>) {
    for some in tasks(numbers).chunks(MAX_BATCH) {
        env.store().submit(some).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_entries_of_a_lane_are_trimmed_from_both_ends() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..3_000).await;
    // One lives at each end, and one between.
    let lives = |n: &u64| [0, 1_500, 2_999].contains(n);
    let cancelled = cancel(&env, (0..3_000).filter(|n| !lives(n))).await;
    env.store().forget(&cancelled[..400]).await.unwrap();
    assert_eq!(lane(&server), 3_000);
    let rehearsed = trim_all(env.store(), None, None, true).await;
    assert_eq!((lane(&server), rehearsed), (3_000, [400, 99 + 499]), "a rehearsal changes nothing");
    assert_eq!(trim_all(env.store(), None, None, false).await, rehearsed);
    assert_eq!(lane(&server), 3_000 - 998);
    audit::check(&server);
    let mut worker = Worker::start(env.store(), 1).await;
    let claimed: Vec<_> = worker.claim_all().await.into_iter().map(|task| task.id).collect();
    assert_eq!(claimed, [id(0), id(1_500), id(2_999)], "in the order in which they were submitted");
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_dead_tail_is_trimmed_to_its_end() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..12_000).await;
    cancel(&env, 1..12_000).await;
    assert_eq!(trim_all(env.store(), None, None, false).await, [0, 11_999]);
    assert_eq!(lane(&server), 1);
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_unknown_tasks_are_trimmed_within_bounds_and_what_waits_stays() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    submit(&env, 0..10).await;
    // As after an eviction: the record is gone, the lane still has the entry and counts it.
    let script = "for _, id in ipairs(redis.call('LRANGE', KEYS[2], 0, 3)) do redis.call('DEL', KEYS[1] .. id) end";
    server.server.command(&["EVAL", script, "2", "jobbers:{0}:t:", "jobbers:{0}:lane:default:alpha@1:5"]);
    let made = id(0).timestamp();
    let (before, after) = (Timestamp::from_millis(made.as_millis() - 1), Timestamp::from_millis(made.as_millis() + 1));
    assert_eq!(trim_all(env.store(), Some(after), None, false).await, [0, 0]);
    assert_eq!(trim_all(env.store(), None, Some(before), false).await, [0, 0]);
    assert_eq!(trim_all(env.store(), Some(before), Some(after), false).await, [4, 0]);
    assert_eq!(env.store().counts().await.unwrap()[0].waiting, 6, "the count is mended");
    let mut worker = Worker::start(env.store(), 1).await;
    assert_eq!(worker.claim_all().await.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_takes_every_step_of_upkeep() {
    let server = OwnServer::start(&["--save", "", "--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    let env = server.environment().await;
    let store = env.store();
    let policy = Policy {
        dead_letter: DeadLetter::Save,
        max_heartbeat_interval: Some(Duration::from_secs(5)),
        ..Policy::default()
    };
    let mut worker = Worker::with_policy(store, 1, policy).await;
    store.submit(&tasks(0..20)).await.unwrap();
    store.submit(&[task_of(beta(), 20), task_in("other", 21)]).await.unwrap();
    for attempt in worker.claim(10).await.iter().take(5) {
        worker.finish(attempt, failed("order 4711 is lost")).await;
    }
    super::memory::fill(store).await;
    env.advance(LEASE - Duration::from_secs(1)).await;
    let stalled = store.stall(&Stall { stale: None, sweep: piece(None) }).await.unwrap();
    assert_eq!((stalled.tasks.len(), stalled.next), (5, None));
    assert_eq!(store.get(stalled.tasks[0].id).await.unwrap().unwrap().status, Status::Stalled);
    let drop = DropWaiting { queue: "other".to_owned(), task_type: alpha(), waited: Duration::ZERO, limit: 10 };
    assert_eq!(store.drop_waiting(&drop).await.unwrap().tasks, 1);
    let letters: Vec<TaskId> = (0..10).map(id).collect();
    let discarded = store.discard(&letters).await.unwrap();
    assert_eq!(discarded.iter().filter(|outcome| **outcome == DiscardOutcome::Discarded).count(), 5);
    audit::check(&server);
    let prune = Prune { what: Prunable::Ended, age: Duration::ZERO, sweep: piece(None) };
    assert_eq!(store.prune(&prune).await.unwrap().tasks, 11);
    store.trim(&Trim { since: None, until: None, sweep: piece(None) }).await.unwrap();
    audit::check(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_of_upkeep_are_loaded_again_after_they_were_forgotten() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let forget = || server.server.command(&["SCRIPT", "FLUSH"]);
    env.store().submit(&[task(1)]).await.unwrap();
    forget();
    env.store().stall(&Stall { stale: None, sweep: piece(None) }).await.unwrap();
    forget();
    assert_eq!(env.store().waiting().await.unwrap().len(), 1);
    forget();
    let drop = DropWaiting { queue: "default".to_owned(), task_type: alpha(), waited: Duration::ZERO, limit: 10 };
    assert_eq!(env.store().drop_waiting(&drop).await.unwrap().tasks, 1);
    forget();
    assert_eq!(env.store().discard(&[id(1)]).await.unwrap(), [DiscardOutcome::NotDead { now: Status::Dropped }]);
    forget();
    env.store().trim(&Trim { since: None, until: None, sweep: piece(None) }).await.unwrap();
    forget();
    let prune = Prune { what: Prunable::Ended, age: Duration::ZERO, sweep: piece(None) };
    assert_eq!(env.store().prune(&prune).await.unwrap().tasks, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweeps_walk_through_more_queues_than_one_call_looks_at() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = env.store();
    let queues: Vec<String> = (0..1_100).map(|n| format!("queue-{n:04}")).collect();
    for (n, queue) in (0..).zip(&queues) {
        store.submit(&[task_in(queue, n)]).await.unwrap();
    }
    let wanted: Vec<&str> = [3, 500, 501, 1_000, 1_099].iter().map(|n: &usize| queues[*n].as_str()).collect();
    let mut worker = Worker::consuming(store, 1, &wanted, &[alpha()]).await;
    let claimed = worker.claim(5).await;
    assert_eq!(claimed.len(), 5);
    for attempt in &claimed {
        worker.beat(attempt, None).await;
    }
    env.advance(Duration::from_secs(6)).await;
    for rehearsal in [true, false] {
        let (mut after, mut stalled, mut calls) = (None, Vec::new(), 0);
        loop {
            calls += 1;
            let sweep = Sweep { after, limit: 2, rehearsal };
            let found = store.stall(&Stall { stale: Some(Duration::from_secs(5)), sweep }).await.unwrap();
            stalled.extend(found.tasks.into_iter().map(|task| task.queue));
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(stalled, wanted);
        assert!(calls > 2, "{calls} calls");
    }
    assert_eq!(store.waiting().await.unwrap().len(), queues.len() - wanted.len());
    cancel(&env, 0..1_100).await;
    for (rehearsal, left) in [(true, 1_100), (false, 1_100), (false, 0)] {
        let (mut after, mut pruned) = (None, 0);
        loop {
            let sweep = Sweep { after, limit: 70, rehearsal };
            let swept = store.prune(&Prune { what: Prunable::Ended, age: Duration::ZERO, sweep }).await.unwrap();
            pruned += swept.tasks;
            after = swept.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pruned, left);
    }
    store.submit(&[task(2_000)]).await.unwrap();
    audit::check(&server);
}
