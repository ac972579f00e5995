//! A store of queues and roles that does not do what it is asked for.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::harness::Manager;
use crate::http::{Request, get, method, method_json, post, post_json};

fn changes() -> [Request; 10] {
    [
        post_json("/queues", &json!({"name": "mails"})),
        method_json("PUT", "/queues/default", &json!({"max_concurrent": 1})),
        method("DELETE", "/queues/empty"),
        method("DELETE", "/queues/default?force=true"),
        post("/queues/default/pause"),
        post("/queues/default/purge"),
        post_json("/roles", &json!({"name": "mailer", "queues": []})),
        method_json("PUT", "/roles/default", &json!([])),
        method("DELETE", "/roles/default"),
        post("/roles/default/refresh"),
    ]
}

async fn expect_away(manager: &Manager, requests: impl IntoIterator<Item = Request>) {
    join_all(requests.into_iter().map(async |request| {
        let begin = Instant::now();
        let reply = manager.send(request.clone()).await;
        assert!(begin.elapsed() < Duration::from_secs(2), "{request:?} took {:?}", begin.elapsed());
        assert_eq!(reply.header("retry-after"), Some("1"), "{request:?}");
        let problem = reply.problem(503);
        assert!(problem["detail"].as_str().expect("a text").contains("the store of queues"), "{problem}");
    }))
    .await;
}

#[tokio::test]
async fn a_locked_store_refuses_every_change_in_time_and_nothing_is_half_done() {
    let manager = Manager::start().await;
    manager.queue("empty").await;
    let task = manager.greet().await;
    let all = async || {
        let queues = manager.send(get("/queues?details=true")).await.expect(200);
        (queues, manager.send(get("/roles?details=true")).await.expect(200))
    };
    let before = all().await;
    let mut holder = SqliteConnectOptions::new().filename(manager.sql_file()).connect().await.expect("a connection");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.expect("the lock");
    expect_away(&manager, changes()).await;
    sqlx::query("ROLLBACK").execute(&mut holder).await.expect("release");
    let removals: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM removals").fetch_one(&mut holder).await.expect("a count");
    assert_eq!(removals, 0);
    holder.close().await.expect("closed");
    manager.until("changes again", async || manager.send(post("/queues/default/resume")).await.status == 200).await;
    assert_eq!(all().await, before);
    assert_eq!(manager.task(&task).await["status"], "submitted", "nothing was cancelled");
}

#[tokio::test]
async fn a_store_that_cannot_be_used_is_away_and_tasks_go_on() {
    let manager = Manager::start().await;
    manager.queue("empty").await;
    manager.greet().await;
    let mut other = SqliteConnectOptions::new().filename(manager.sql_file()).connect().await.expect("a connection");
    for sql in [
        "ALTER TABLE queues RENAME TO other_queues",
        "ALTER TABLE roles RENAME TO other_roles",
        "ALTER TABLE routing_version RENAME TO other_version",
    ] {
        sqlx::query(sql).execute(&mut other).await.expect(sql);
    }
    let looks = ["/queues", "/queues/default/config", "/roles", "/roles/default"].map(get);
    expect_away(&manager, changes().into_iter().chain(looks)).await;
    manager.greet().await;
}
