//! What scripts are made of, and that they are loaded again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jobbers_conformance::sample::{completed, id, task, task_after, worker_id};
use jobbers_conformance::server::redis::WITHOUT_PERSISTENCE;
use jobbers_conformance::{Worker, scheduler};
use jobbers_core::model::{NewTask, Status};
use jobbers_core::store::{
    AgainOutcome, CancelOutcome, Directory as _, Filter, ForgetOutcome, List, Lists as _, Order, Resubmit,
    Statistics as _, TaskStore as _,
};

use super::OwnServer;

/// Commands that Redis 6.2 has, among them all that the scripts use.
const KNOWN_IN_6_2: [&str; 58] = [
    "APPEND",
    "DECRBY",
    "DEL",
    "EXISTS",
    "EXPIRE",
    "GET",
    "GETRANGE",
    "HDEL",
    "HEXISTS",
    "HGET",
    "HGETALL",
    "HINCRBY",
    "HKEYS",
    "HLEN",
    "HMGET",
    "HRANDFIELD",
    "HSET",
    "HSETNX",
    "HSCAN",
    "HVALS",
    "INCRBY",
    "INFO",
    "LINDEX",
    "LLEN",
    "LPOP",
    "LPOS",
    "LPUSH",
    "LRANGE",
    "LREM",
    "LSET",
    "MGET",
    "MSET",
    "PEXPIRE",
    "PUBLISH",
    "RPOP",
    "RPUSH",
    "SADD",
    "SET",
    "SETRANGE",
    "SISMEMBER",
    "SMEMBERS",
    "SPOP",
    "SREM",
    "STRLEN",
    "TIME",
    "UNLINK",
    "ZADD",
    "ZCARD",
    "ZCOUNT",
    "ZRANGE",
    "ZRANGEBYLEX",
    "ZRANGEBYSCORE",
    "ZREM",
    "ZREMRANGEBYSCORE",
    "ZREVRANGE",
    "ZREVRANGEBYSCORE",
    "ZSCAN",
    "ZSCORE",
];

/// Words that name what Redis learned after 6.2.
const NEWER: [&str; 8] =
    ["EXPIRETIME", "LMPOP", "ZMPOP", "SINTERCARD", "register_function", "acl_check_cmd", "WITHSCORE'", "REDIS_VERSION"];

/// The upper-case word in quotes that a call of `function` begins with, for each call.
fn commands(text: &str, function: &str) -> Vec<String> {
    text.split(&format!("{function}('"))
        .skip(1)
        .filter_map(|rest| rest.split_once('\''))
        .map(|(word, _)| word.to_owned())
        .filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()))
        .collect()
}

#[test]
fn scripts_use_no_command_newer_than_redis_6_2() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/store/redis/lua");
    let mut used = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        used.extend(commands(&text, "call"));
        used.extend(commands(&text, "gather"));
        for newer in NEWER {
            assert!(!text.contains(newer), "{} uses {newer}", path.display());
        }
        // EXPIRE has conditions since 7.0 only.
        let conditional =
            |line: &&str| line.contains("EXPIRE'") && ["'NX'", "'XX'", "'GT'", "'LT'"].iter().any(|c| line.contains(c));
        assert_eq!(text.lines().find(conditional), None, "{}", path.display());
    }
    assert!(used.len() > 15, "the scripts were not understood: {used:?}");
    let unknown: Vec<_> = used.iter().filter(|command| !KNOWN_IN_6_2.contains(&command.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?} are not known to be in Redis 6.2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_run_only_commands_that_the_list_knows() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    super::keys::full_life(&env).await;
    let stats = server.server.command(&["INFO", "commandstats"]);
    let names = stats.iter().filter_map(|line| line.strip_prefix("cmdstat_")?.split_once(':'));
    // What the driver and this test send besides scripts.
    let outside = [
        "EVALSHA",
        "EVAL",
        "SCRIPT",
        "CLIENT",
        "CONFIG",
        "HELLO",
        "SELECT",
        "PING",
        "SUBSCRIBE",
        "COMMAND",
        "MULTI",
        "EXEC",
    ];
    let unknown: Vec<_> = names
        .map(|(name, _)| name.split('|').next().unwrap_or(name).to_uppercase())
        .filter(|name| !KNOWN_IN_6_2.contains(&name.as_str()) && !outside.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_are_loaded_again_after_they_were_forgotten() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = server.connect().await;
    let forget = || server.server.command(&["SCRIPT", "FLUSH"]);
    let mut worker = Worker::start(env.store(), 1).await;
    forget();
    store.submit(&[task(1), task_after(1, 2)]).await.unwrap();
    forget();
    let attempt = worker.claim_one().await;
    forget();
    worker.renew(&attempt).await;
    forget();
    assert_eq!(
        worker.finish(&attempt, completed("1")).await,
        jobbers_core::store::MoveOutcome::Applied { status: Status::Completed }
    );
    env.advance(std::time::Duration::from_secs(2)).await;
    forget();
    assert_eq!(scheduler::promote(env.store()).await.moved, 1);
    worker.claim_one().await;
    env.advance(std::time::Duration::from_secs(11)).await;
    forget();
    assert_eq!(scheduler::overdue_ids(env.store()).await, [id(2)]);
    let verdicts: Vec<_> = scheduler::overdue(env.store()).await.tasks.iter().map(scheduler::decide).collect();
    forget();
    store.reap(&verdicts).await.unwrap();
    forget();
    store.cancel(id(2)).await.unwrap();
    forget();
    assert_eq!(store.get(id(2)).await.unwrap().map(|task| task.status), Some(Status::Cancelled));
    forget();
    assert_eq!(store.now().await.unwrap(), env.now());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_of_bulk_steps_and_lists_are_loaded_again_after_they_were_forgotten() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let env = server.environment().await;
    let store = server.connect().await;
    let forget = || server.server.command(&["SCRIPT", "FLUSH"]);
    let soon = Some(env.now().after(std::time::Duration::from_secs(1)));
    let expiring = NewTask { expires_at: soon, ..task(1) };
    store.submit(&[expiring, task(2), task_after(60, 3)]).await.unwrap();
    env.advance(std::time::Duration::from_secs(1)).await;
    forget();
    assert_eq!(store.expire(10).await.unwrap().moved, 1);
    forget();
    assert_eq!(store.hasten(&[id(3)]).await.unwrap(), [AgainOutcome::Applied]);
    forget();
    assert_eq!(store.cancel_all(&[id(2)]).await.unwrap(), [CancelOutcome::Cancelled]);
    forget();
    let again = Resubmit { ids: vec![id(2)], reset_failures: false, only_dead: false, request: [1; 8] };
    assert_eq!(store.resubmit(&again).await.unwrap(), [AgainOutcome::Applied]);
    forget();
    assert_eq!(store.forget(&[id(1)]).await.unwrap(), [ForgetOutcome::Forgotten]);
    let mut listed = Vec::new();
    for status in [None, Some(Status::Submitted), Some(Status::Started), Some(Status::Cancelled)] {
        forget();
        let filter = Filter { status, ..Filter::default() };
        listed.push(store.list(&List { filter, order: Order::NewestFirst, after: None, limit: 9 }).await.unwrap());
    }
    assert_eq!(listed.iter().map(|page| page.entries.len()).collect::<Vec<_>>(), [2, 2, 0, 0]);
    forget();
    assert_eq!(store.tasks(&[id(1), id(2)], 100).await.unwrap().iter().flatten().count(), 1);
    forget();
    assert_eq!(store.counts().await.unwrap()[0].waiting, 2);
    forget();
    assert!(!store.drain(worker_id(9)).await.unwrap());
}
