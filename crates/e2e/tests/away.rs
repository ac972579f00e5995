//! The store is away: at the start, and in the middle.

use std::path::Path;
use std::time::{Duration, Instant};

use jobbers_e2e::{Api, Installation, Store, eventually};
use reqwest::Method;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};

const SOON: Duration = Duration::from_secs(30);

/// Asserts that the manager says so, soon and with a hint when to ask again.
async fn says_that_the_store_is_away(api: &Api) {
    let submission = json!({"name": "echo_task", "version": 1, "parameters": {}});
    for (method, path, body) in [
        (Method::POST, "/tasks", Some(submission)),
        (Method::GET, "/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV", None),
        (Method::POST, "/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV/cancel", None),
        (Method::GET, "/readyz", None),
    ] {
        let asked = Instant::now();
        let answer = api.send(method, path, body).await.unwrap();
        let took = asked.elapsed();
        assert_eq!(answer.status().as_u16(), 503, "{path}");
        assert!(took < Duration::from_millis(2500), "{path} was answered after {took:?}");
        assert!(answer.headers().contains_key("retry-after"), "{path}: {:?}", answer.headers());
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert!(problem["detail"].is_string(), "{path}: {problem}");
    }
    assert_eq!(api.status("/livez").await, Some(200), "it lives all the same");
}

async fn works(api: &Api) {
    eventually("the manager is ready", SOON, async || (api.status("/readyz").await? == 200).then_some(())).await;
    api.knows("echo_task").await;
    let id = api.submit("echo_task", json!({"value": "back"})).await;
    api.reaches(&id, "completed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_wait_for_a_store_that_is_away_at_the_start() {
    let mut jobbers = Installation::on(Store::Redis);
    jobbers.redis.as_mut().unwrap().kill();
    let (_manager, api) = jobbers.manager().await;
    let mut worker = jobbers.demo_worker(&[]);
    let mut scheduler = jobbers.scheduler();
    says_that_the_store_is_away(&api).await;
    eventually("the worker says so", SOON, async || worker.log().contains("WARN").then_some(())).await;
    assert!(worker.has_ended().is_none() && scheduler.has_ended().is_none(), "they wait");
    jobbers.redis.as_mut().unwrap().start_again();
    works(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_live_through_a_store_that_goes_away() {
    let mut jobbers = Installation::on(Store::Redis);
    let (_manager, api) = jobbers.ready_manager().await;
    let mut worker = jobbers.demo_worker(&[]);
    let mut scheduler = jobbers.scheduler();
    works(&api).await;
    for _ in 0..2 {
        jobbers.redis.as_mut().unwrap().kill();
        says_that_the_store_is_away(&api).await;
        jobbers.redis.as_mut().unwrap().start_again();
        works(&api).await;
    }
    assert!(worker.has_ended().is_none() && scheduler.has_ended().is_none(), "they live");
}

/// A connection that locks a file against everybody else, until it is dropped.
async fn lock(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    // In WAL mode, which the stores use, readers would get through all the same.
    sqlx::query("PRAGMA locking_mode = EXCLUSIVE").execute(&mut connection).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_wait_for_a_file_that_is_locked_at_the_start() {
    let jobbers = Installation::on(Store::Sqlite);
    for name in ["jobbers.db", "tasks.db"] {
        let file = jobbers.path(name);
        let locked = lock(&file).await;
        let (mut manager, api) = jobbers.manager().await;
        let mut worker = jobbers.demo_worker(&[]);
        eventually("the manager says so", SOON, async || manager.log().contains(name).then_some(())).await;
        eventually("the worker says so", SOON, async || worker.log().contains(name).then_some(())).await;
        assert_eq!(api.status("/readyz").await, Some(503));
        assert!(manager.has_ended().is_none() && worker.has_ended().is_none(), "they wait");
        drop(locked);
        works(&api).await;
    }
}
