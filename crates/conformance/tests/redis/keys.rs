//! After a full life only known keys are left, and nothing waits in them.

use std::time::Duration;

use jobbers_conformance::sample::{
    beta, completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later, handed_back, id, stopped, task,
    task_after, task_in, task_of, worker_id,
};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Environment, Worker, scheduler};
use jobbers_core::model::{DeadLetter, Policy, ProcessInfo, ProcessKind, Progress, TaskType};
use jobbers_core::store::QueueSlots;

use super::OwnServer;

const TASKS: u64 = 200;

/// Takes many tasks through all that may happen to them, until all have ended.
pub async fn full_life(env: &Environment) {
    let policy = Policy { max_retries: 1, max_lost: 2, dead_letter: DeadLetter::Save, ..Policy::default() };
    let mut worker = Worker::with_policy(env.store(), 1, policy.clone()).await;
    worker.queues.push(QueueSlots { queue: "re:ports".to_owned(), free: 100 });
    let mut fragile = Worker::with_policy(&env.other().await, 2, policy).await;
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
    for n in 0..TASKS {
        let new = match n % 4 {
            0 => task(n),
            1 => task_of(beta(), n),
            2 => task_in("re:ports", n),
            _ => task_after(n % 7 + 1, n),
        };
        env.store().submit(&[new]).await.unwrap();
        if n % 17 == 0 {
            env.store().cancel(id(n)).await.unwrap();
        }
    }
    let mut round = 0;
    while !all_ended(env).await {
        round += 1;
        assert!(round < 100, "the tasks do not end");
        env.advance(Duration::from_millis(1_700)).await;
        scheduler::promote(env.store()).await;
        // One worker dies with whatever it has.
        if round < 6 {
            fragile.claim(3).await;
        }
        scheduler::reap(env.store()).await;
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
    env.store().retire(worker_id(1)).await.unwrap();
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
const PARTITION_KEYS: [(&str, bool); 33] = [
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
    ("silence:", false),
    ("beats:", false),
    ("expires", false),
    ("log:", true),
    ("logs", true),
    ("chunks", true),
    ("sequence", true),
    ("waits:", false),
    ("waits", false),
    ("idem:", true),
    ("policies", true),
    ("queues", true),
    ("turn:", true),
    ("parked:", true),
    ("tally:", true),
    ("rate:", false),
    ("unique:", false),
    ("endings", true),
    ("epoch", true),
    ("leases", true),
    ("clock", true),
    ("outbox", false),
];
const GLOBAL_KEYS: [&str; 6] = ["meta", "catalogue", "workers", "worker:", "drain:", "routing"];
/// These go by themselves.
const EXPIRING: [&str; 5] = ["turn:", "tally:", "idem:", "worker:", "drain:"];

fn is_named(key: &str, pattern: &str) -> bool {
    if pattern.ends_with(':') { key.starts_with(pattern) } else { key == pattern }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_life_leaves_only_known_keys() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    full_life(&env).await;
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
    assert_eq!(count(":{0}:t:"), 200);
    assert!(count(":{0}:r:") < 200, "a task that only ran and ended has no hash");
}
