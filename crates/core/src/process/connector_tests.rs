use std::path::Path;

use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::*;
use crate::process::SqlUrl;
use crate::sql::sqlite_options;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A connector to files of a folder.
fn connector(folder: &Path, tasks: &str, sql: &str) -> Connector {
    let (tasks, sql) = (StoreUrl::Sqlite(folder.join(tasks)), SqlUrl::Sqlite(folder.join(sql)));
    Connector::new(StoreSettings::new(tasks, sql))
}

async fn installation(stores: &Stores) -> String {
    stores.routing.installation().await.expect("an answer").expect("an installation")
}

#[tokio::test]
async fn two_new_stores_found_an_installation() {
    let folder = folder();
    let stores = connector(folder.path(), "tasks.db", "sql.db").connect().await.expect("connect");
    let id = installation(&stores).await;
    assert!(id.parse::<ulid::Ulid>().is_ok(), "{id}");
    assert_eq!(stores.tasks.belong("another").await.expect("belong"), id);
}

#[tokio::test]
async fn tasks_and_configuration_may_share_a_file() {
    let folder = folder();
    let stores = connector(folder.path(), "jobbers.db", "jobbers.db").connect().await.expect("connect");
    assert_eq!(stores.routing.queues().await.expect("queues").len(), 1);
    stores.tasks.now().await.expect("the clock");
}

#[tokio::test]
async fn a_new_store_joins_the_installation_of_the_other() {
    let folder = folder();
    let first = connector(folder.path(), "tasks.db", "sql.db").connect().await.expect("connect");
    let id = installation(&first).await;
    let new_sql = connector(folder.path(), "tasks.db", "new_sql.db").connect().await.expect("connect");
    assert_eq!(installation(&new_sql).await, id);
    let new_tasks = connector(folder.path(), "new_tasks.db", "sql.db").connect().await.expect("connect");
    assert_eq!(new_tasks.tasks.belong("another").await.expect("belong"), id);
}

#[tokio::test]
async fn stores_of_two_installations_are_refused_and_both_are_named() {
    let folder = folder();
    let a = connector(folder.path(), "a_tasks.db", "a_sql.db").connect().await.expect("connect");
    let b = connector(folder.path(), "b_tasks.db", "b_sql.db").connect().await.expect("connect");
    let error = connector(folder.path(), "a_tasks.db", "b_sql.db").connect().await.expect_err("refused");
    assert!(matches!(error, StartError::Incompatible(Incompatible::Installation { .. })), "{error}");
    assert!(!error.is_transient());
    let text = error.to_string();
    for part in ["a_tasks.db", "b_sql.db", &installation(&a).await, &installation(&b).await] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_start_at_once_found_one_installation() {
    let folder = folder();
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let connector = connector(folder.path(), "jobbers.db", "jobbers.db");
            tokio::spawn(async move { connector.connect_patiently(&Shutdown::default()).await })
        })
        .collect();
    let mut ids = Vec::new();
    for start in starts {
        ids.push(installation(&start.await.expect("no panic").expect("connect")).await);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[tokio::test]
async fn the_embedded_store_is_opened_once_for_all_clones() {
    let folder = folder();
    let connector = connector(folder.path(), "tasks.db", "sql.db");
    let first = connector.tasks().await.expect("open");
    let second = connector.clone().tasks().await.expect("open");
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn a_locked_file_is_waited_for() {
    let folder = folder();
    let connector = connector(folder.path(), "tasks.db", "sql.db");
    drop(connector.connect().await.expect("connect"));
    let mut holder = sqlite_options(&folder.path().join("sql.db")).connect().await.expect("open");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.expect("the lock");
    let error = connector.connect_within(Duration::from_millis(100)).await.expect_err("locked");
    assert!(error.is_transient(), "{error}");
    let shutdown = Shutdown::default();
    let (stores, released) = tokio::join!(connector.connect_patiently(&shutdown), holder.close());
    released.expect("released");
    stores.expect("connect");
}

#[tokio::test]
async fn a_redis_that_is_away_is_named_without_its_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let folder = folder();
    let url = StoreUrl::Redis(format!("redis://me:sesame@{address}"));
    let connector = Connector::new(StoreSettings::new(url, SqlUrl::Sqlite(folder.path().join("sql.db"))));
    let error = connector.connect_within(Duration::from_millis(300)).await.expect_err("nobody listens");
    assert!(error.is_transient());
    assert!(error.to_string().contains(&format!("redis://***@{address}")), "{error}");
    assert!(!format!("{error:?} {connector:?}").contains("sesame"));
}
