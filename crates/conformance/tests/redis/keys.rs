//! After a full life only known keys are left, and nothing waits in them.

use std::time::Duration;

use jobbers_conformance::sample::{
    beta, completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later, handed_back, id, stopped, task,
    task_after, task_in, task_of, worker_id,
};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker, scheduler};
use jobbers_core::model::{
    DeadLetter, NewTask, Period, Policy, ProcessInfo, ProcessKind, Progress, RateLimit, Status, TaskId, TaskType,
};
use jobbers_core::store::{Filter, ForgetOutcome, Incompatible, List, Order, QueueSlots, Resubmit, StoreError};

use super::{OwnServer, audit};

const TASKS: u64 = 200;
const FORGOTTEN_ONE_OF: u64 = 40;

/// Takes many tasks through all that may happen to them, until all have ended.
pub async fn full_life(env: &Environment) {
    let policy = Policy { max_retries: 1, max_lost: 2, dead_letter: DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy.clone()).await;
    worker.queues.push(QueueSlots { queue: "re:ports".to_owned(), free: 100, ..QueueSlots::default() });
    let mut fragile = Worker::with_policy(&env.other().await, 2, policy).await;
    let rate = Some(RateLimit { numerator: 40, denominator: 1, period: Period::Second });
    for queue in worker.queues.iter_mut().chain(&mut fragile.queues) {
        (queue.total, queue.rate) = (Some(12), rate);
    }
    let info = ProcessInfo {
        id: worker_id(1),
        kind: ProcessKind::Worker,
        host: "here".to_owned(),
        pid: 1,
        role: None,
        queues: vec!["default".to_owned()],
        slots: 5,
        types: vec![TaskType::new("alpha", 1)],
        version: "0".to_owned(),
        started_at: env.now(),
        load: None,
    };
    env.store().announce(&info, Duration::from_secs(30)).await.unwrap();
    env.store().belong("installation").await.unwrap();
    let store = env.store();
    for n in 0..TASKS {
        let new = match n % 4 {
            0 => task(n),
            1 => task_of(beta(), n),
            2 => task_in("re:ports", n),
            _ => task_after(n % 7 + 1, n),
        };
        let expires_at = n.is_multiple_of(9).then(|| env.now().after(Duration::from_secs(2)));
        let idempotency_key = n.is_multiple_of(10).then(|| (u128::from(n) << 100).to_be_bytes());
        let new = NewTask { expires_at, idempotency_key, ..new };
        store.submit(std::slice::from_ref(&new)).await.unwrap();
        store.submit(&[new]).await.unwrap();
        if n % 17 == 0 {
            store.cancel(id(n)).await.unwrap();
        }
    }
    store.hasten(&ids(15)).await.unwrap();
    until_ended(env, &mut worker, Some(&mut fragile)).await;
    store.resubmit(&Resubmit { ids: ids(3), reset_failures: true, only_dead: false, request: [1; 8] }).await.unwrap();
    until_ended(env, &mut worker, None).await;
    for status in Status::ALL.into_iter().map(Some).chain([None]) {
        for since in [None, Some(env.now())] {
            for order in [Order::NewestFirst, Order::OldestFirst] {
                let filter = Filter { status, since, until: Some(env.now()), ..Filter::default() };
                store.list(&List { filter, order, after: None, limit: 100 }).await.unwrap();
            }
        }
    }
    assert!(!store.counts().await.unwrap().is_empty());
    assert!(!store.tallies(0..=u64::MAX).await.unwrap().is_empty());
    store.announce(&info, Duration::from_secs(30)).await.unwrap();
    assert!(store.drain(worker_id(1)).await.unwrap());
    store.retire(worker_id(1)).await.unwrap();
    let forgotten = store.forget(&ids(FORGOTTEN_ONE_OF)).await.unwrap();
    assert!(forgotten.iter().all(|outcome| *outcome == ForgetOutcome::Forgotten));
}

/// One task of so many.
fn ids(of: u64) -> Vec<TaskId> {
    (0..TASKS).filter(|n| n.is_multiple_of(of)).map(id).collect()
}

async fn until_ended(env: &Environment, worker: &mut Worker, mut fragile: Option<&mut Worker>) {
    let mut round = 0;
    while !all_ended(env).await {
        round += 1;
        assert!(round < 100, "the tasks do not end");
        env.advance(Duration::from_millis(1_700)).await;
        scheduler::promote(env.store()).await;
        env.store().expire(7).await.unwrap();
        // One worker dies with whatever it has.
        if let Some(fragile) = fragile.as_mut().filter(|_| round < 6) {
            fragile.claim(3).await;
        }
        scheduler::reap(env.store()).await;
        if round % 3 == 0 {
            super::upkeep::sweep(env.store()).await;
        }
        for attempt in worker.claim(17).await {
            let number = u64::from(attempt.attempt) + u64::from(attempt.id.to_bytes()[15]);
            if number % 3 == 0 {
                worker.beat(&attempt, Some(Progress { percent: 1.0, message: None })).await;
            }
            if number % 11 == 0 {
                env.store().cancel(attempt.id).await.unwrap();
            }
            let outcome = match number % 8 {
                0 => failed("broken"),
                1 => failed_expectedly("busy"),
                2 => failed_for_later("busy", 3),
                3 => stopped(),
                4 => confirmed_cancelled(),
                5 if attempt.attempt < 4 => handed_back(),
                _ => completed("{}"),
            };
            worker.finish(&attempt, outcome).await;
        }
    }
    assert!(worker.claim_all().await.is_empty());
}

async fn all_ended(env: &Environment) -> bool {
    for n in 0..TASKS {
        if !env.store().get(id(n)).await.unwrap().expect("no task is lost").status.is_ended() {
            return false;
        }
    }
    true
}

/// What a key may begin with behind prefix and tag, and whether it may be there when no task is live.
const PARTITION_KEYS: [(&str, bool); 41] = [
    ("t:", true),
    ("r:", true),
    ("lane:", false),
    ("lanes:", false),
    ("started:", false),
    ("deadlines", true),
    ("scheduled:", false),
    ("dues", false),
    ("ended:", true),
    ("dead:", true),
    ("dead", true),
    ("errors:", true),
    ("silence:", false),
    ("beats:", false),
    ("expires", false),
    ("log:", true),
    ("logs", true),
    ("chunks", true),
    ("sequence", true),
    ("waits:", false),
    ("waits", false),
    ("runs", false),
    ("idem:", true),
    ("policies", true),
    ("queues", true),
    ("turn:", true),
    ("parked:", true),
    ("tally:", true),
    ("full:", true),
    ("full_type:", true),
    ("running:", true),
    ("running_in:", true),
    ("stopping:", true),
    ("stops", true),
    ("rate:", true),
    ("unique:", false),
    ("endings", true),
    ("epoch", true),
    ("leases", true),
    ("clock", true),
    ("outbox", false),
];
const GLOBAL_KEYS: [&str; 6] = ["meta", "catalogue", "workers", "worker:", "drain:", "routing"];
/// These go by themselves.
const EXPIRING: [&str; 10] =
    ["turn:", "tally:", "idem:", "worker:", "drain:", "full:", "full_type:", "stopping:", "stops", "rate:"];

fn is_named(key: &str, pattern: &str) -> bool {
    if pattern.ends_with(':') { key.starts_with(pattern) } else { key == pattern }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_life_leaves_only_known_keys() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    full_life(&env).await;
    audit::check(&server);
    // The server replies bytes; keys of tasks hold ids, which are not text. The test reads them lossily.
    let keys = server.server.command(&["KEYS", "*"]);
    assert!(keys.len() > 200, "{} keys", keys.len());
    let mut strange = Vec::new();
    for key in &keys {
        let ttl = |expected: bool| {
            let ttl: i64 = server.server.command(&["PTTL", key])[0].parse().unwrap();
            assert_eq!(ttl > 0, expected, "{key} lives for {ttl} ms");
        };
        if let Some(rest) = key.strip_prefix("jobbers:{0}:") {
            match PARTITION_KEYS.iter().find(|(pattern, _)| is_named(rest, pattern)) {
                Some((pattern, true)) if EXPIRING.contains(pattern) => ttl(true),
                Some((pattern, true)) if *pattern != "t:" && *pattern != "r:" => ttl(false),
                Some((_, true)) => {}
                Some((_, false)) | None => strange.push(key),
            }
        } else if let Some(rest) = key.strip_prefix("jobbers:{g}:") {
            match GLOBAL_KEYS.iter().find(|pattern| is_named(rest, pattern)) {
                Some(pattern) => ttl(EXPIRING.contains(pattern)),
                None => strange.push(key),
            }
        } else {
            strange.push(key);
        }
    }
    assert!(strange.is_empty(), "no key should be left of {strange:?}");
    let count = |pattern: &str| keys.iter().filter(|key| key.contains(pattern)).count();
    assert_eq!(count(":{0}:t:") as u64, TASKS - TASKS / FORGOTTEN_ONE_OF);
    assert!(count(":{0}:r:") < 200, "a task that only ran and ended has no hash");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_older_layout_wrote_is_refused() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    env.store().belong("ours").await.unwrap();
    env.store().belong("ours").await.unwrap();
    server.server.command(&["HSET", "jobbers:{g}:meta", "layout", "1"]);
    match env.store().belong("ours").await {
        Err(StoreError::Incompatible(Incompatible::Layout { found, known, .. })) => {
            assert_eq!((&*found, known), ("1", 2));
        }
        other => panic!("{other:?}"),
    }
}
