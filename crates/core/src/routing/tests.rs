use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::error::During;
use super::*;
use crate::model::{Queue, Role};

/// A folder for one test, and the file in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("jobbers.db");
    (folder, file)
}

fn url(file: &std::path::Path) -> SqlUrl {
    SqlUrl::Sqlite(file.to_owned())
}

async fn raw(file: &std::path::Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).create_if_missing(true).connect().await.expect("a connection")
}

async fn execute(file: &std::path::Path, sql: &'static str) {
    let mut connection = raw(file).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.expect(sql);
    connection.close().await.expect("closed");
}

fn unusable(answer: Result<Routing, RoutingError>) -> String {
    match answer {
        Err(error @ RoutingError::Unusable { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_file_has_the_default_queue_without_limits_and_the_default_role() {
    let (_folder, file) = place();
    let routing = Routing::open(&url(&file)).await.expect("open");
    let default = Queue { name: "default".to_owned(), max_concurrent: None, ..Queue::default() };
    assert_eq!(routing.queues().await.expect("queues"), std::slice::from_ref(&default));
    assert_eq!(routing.queue("default").await.expect("queue"), Some(default));
    assert_eq!(routing.queue("none").await.expect("queue"), None);
    let role = Role { name: "default".to_owned(), queues: vec!["default".to_owned()] };
    assert_eq!(routing.role("default").await.expect("role"), Some(role));
    assert_eq!(routing.role("none").await.expect("role"), None);
    assert_eq!(routing.installation().await.expect("installation"), None);
    routing.ping().await.expect("ping");
}

#[tokio::test]
async fn queues_and_roles_are_read_as_they_were_written() {
    let (_folder, file) = place();
    let routing = Routing::open(&url(&file)).await.expect("open");
    execute(
        &file,
        "INSERT INTO queues (name) VALUES ('bulk');
         INSERT INTO queues (name, max_concurrent) VALUES ('all', 0), ('one', 1), ('huge', 9000000000);
         INSERT INTO roles VALUES ('idle'), ('both');
         INSERT INTO role_queues VALUES ('both', 'one'), ('both', 'bulk');",
    )
    .await;
    let queues = routing.queues().await.expect("queues");
    let limits: Vec<_> = queues.iter().map(|queue| (queue.name.as_str(), queue.max_concurrent)).collect();
    assert_eq!(
        limits,
        [("all", None), ("bulk", Some(10)), ("default", None), ("huge", Some(u32::MAX)), ("one", Some(1))]
    );
    assert_eq!(routing.role("both").await.expect("role").expect("both").queues, ["bulk", "one"]);
    assert_eq!(routing.role("idle").await.expect("role").expect("idle").queues, [""; 0]);
}

#[tokio::test]
async fn the_first_installation_is_kept() {
    let (_folder, file) = place();
    let routing = Routing::open(&url(&file)).await.expect("open");
    assert_eq!(routing.belong("first").await.expect("belong"), "first");
    assert_eq!(routing.belong("second").await.expect("belong"), "first");
    let again = Routing::open(&url(&file)).await.expect("open again");
    assert_eq!(again.installation().await.expect("installation"), Some("first".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_start_at_once_on_a_new_file_all_succeed() {
    let (_folder, file) = place();
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let url = url(&file);
            tokio::spawn(async move { Routing::open(&url).await?.queues().await })
        })
        .collect();
    for start in starts {
        assert_eq!(start.await.expect("no panic").expect("open").len(), 1);
    }
}

#[tokio::test]
async fn an_upgrade_says_what_it_did_and_then_finds_nothing_to_do() {
    let (_folder, file) = place();
    let applied = Routing::migrate(&url(&file)).await.expect("migrate");
    assert!(applied.contains(&"0002 routing".to_owned()), "{applied:?}");
    assert_eq!(Routing::migrate(&url(&file)).await.expect("migrate again"), [""; 0]);
}

#[tokio::test]
async fn a_locked_file_is_unavailable_and_opens_when_it_is_free() {
    let (_folder, file) = place();
    Routing::migrate(&url(&file)).await.expect("migrate");
    let mut holder = raw(&file).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.expect("the lock");
    match Routing::open(&url(&file)).await {
        Err(error @ RoutingError::Unavailable { .. }) => {
            assert!(error.is_transient());
            assert!(error.to_string().contains("locked by another process"), "{error}");
            assert!(error.to_string().contains("jobbers.db"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    sqlx::query("ROLLBACK").execute(&mut holder).await.expect("release");
    Routing::open(&url(&file)).await.expect("open");
}

#[tokio::test]
async fn a_read_only_file_is_refused() {
    let (_folder, file) = place();
    Routing::migrate(&url(&file)).await.expect("migrate");
    // Permissions do not hold for root: open it in a way that holds for everyone.
    let mut connection = SqliteConnectOptions::new().filename(&file).read_only(true).connect().await.expect("open");
    let error = migrations::upgrade_sqlite(&mut connection).await.expect_err("read-only");
    let error = During { operation: "open", place: "sqlite://jobbers.db" }.migration_failed(&error);
    assert!(matches!(error, RoutingError::Unusable { .. }));
    assert!(error.to_string().contains("sqlite://jobbers.db cannot be used (it is read-only"), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let (folder, file) = place();
    std::fs::write(&file, "not a database, but a text of some length: ".repeat(40)).expect("written");
    assert!(unusable(Routing::open(&url(&file)).await).contains("not an SQLite database"));
    assert!(std::fs::read_to_string(&file).expect("read").starts_with("not a database"), "it was left as it is");
    assert!(unusable(Routing::open(&url(folder.path())).await).contains("it is a folder"));
    let missing = folder.path().join("missing/jobbers.db");
    let text = unusable(Routing::open(&url(&missing)).await);
    assert!(text.contains("there is no folder") && text.contains("create it"), "{text}");
}

#[tokio::test]
async fn a_schema_from_the_future_is_refused() {
    let (_folder, file) = place();
    Routing::migrate(&url(&file)).await.expect("migrate");
    execute(
        &file,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9000, 'what comes', TRUE, x'00', 0)",
    )
    .await;
    let text = unusable(Routing::open(&url(&file)).await);
    assert!(text.contains("version 9000, newer than this program knows"), "{text}");
}

#[tokio::test]
async fn somebody_elses_database_is_refused() {
    let (_folder, file) = place();
    execute(&file, "CREATE TABLE queues (id INTEGER)").await;
    assert!(unusable(Routing::open(&url(&file)).await).contains("already exists"));
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let url = SqlUrl::Postgres(format!("postgres://me:sesame@127.0.0.1:{port}/jobs"));
    let error = Routing::open(&url).await.expect_err("nobody listens");
    assert!(matches!(error, RoutingError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains(&format!("postgres://***@127.0.0.1:{port}/jobs")), "{error}");
}
