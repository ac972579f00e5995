//! What only a server can do: be away, be silent, refuse.

use std::time::{Duration, Instant};

use jobbers_conformance::server::postgres::{PASSWORD, PostgresServer};
use jobbers_conformance::server::{Signal, signal};
use jobbers_core::model::Queue;
use jobbers_core::routing::{Routing, RoutingError, SqlUrl};
use sqlx::{Connection as _, PgConnection};

use super::database::at;

/// What an answer may take, whatever the server does.
const WITHIN: Duration = Duration::from_secs(3);

async fn opened(url: &str) -> Routing {
    let url: SqlUrl = url.parse().unwrap();
    Routing::migrate(&url).await.unwrap();
    Routing::open(&url).await.unwrap()
}

/// Asks until it is answered, and answers how often it was not.
async fn asked_until_answered(routing: &Routing) -> u32 {
    for refused in 0..10 {
        match routing.version().await {
            Ok(_) => return refused,
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
    }
    panic!("it is never answered again");
}

/// An answer that must say, in time, that the server is away.
async fn is_away<T: std::fmt::Debug>(answer: impl Future<Output = Result<T, RoutingError>>) {
    let began = Instant::now();
    let error = answer.await.expect_err("the server is away");
    assert!(matches!(error, RoutingError::Unavailable { .. }), "{error}");
    assert!(began.elapsed() < WITHIN + Duration::from_millis(500), "{:?}: {error}", began.elapsed());
    assert!(!error.to_string().contains(PASSWORD), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_is_used_again() {
    let mut server = PostgresServer::start();
    let url = server.create_database().await;
    let routing = opened(&url).await;
    assert_eq!(routing.version().await.unwrap(), 1);
    server.kill();
    is_away(routing.version()).await;
    is_away(routing.create_queue(&Queue { name: "mail".to_owned(), ..Queue::default() }, at(1))).await;
    is_away(Routing::open(&url.parse().unwrap())).await;
    is_away(Routing::migrate(&url.parse().unwrap())).await;
    server.start_again();
    asked_until_answered(&routing).await;
    // Restarted between two questions: nobody notices.
    server.kill();
    server.start_again();
    assert_eq!(routing.version().await.unwrap(), 1);
    assert!(routing.create_queue(&Queue { name: "mail".to_owned(), ..Queue::default() }, at(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_never_answer_are_replaced() {
    let server = PostgresServer::start();
    let routing = opened(&server.create_database().await).await;
    // As many connections as there may be.
    let (a, b, c) = tokio::join!(routing.version(), routing.queues(), routing.roles());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let mut admin = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let pids = "SELECT pid FROM pg_stat_activity WHERE application_name = 'jobbers'";
    let pids: Vec<i32> = sqlx::query_scalar(pids).fetch_all(&mut admin).await.unwrap();
    assert!(!pids.is_empty());
    for pid in &pids {
        signal(pid.unsigned_abs(), Signal::Stop);
    }
    is_away(routing.version()).await;
    let refused = asked_until_answered(&routing).await;
    assert!(refused < 3, "{refused}");
    for pid in &pids {
        signal(pid.unsigned_abs(), Signal::Cont);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_fall_silent_amid_questions_are_replaced() {
    let server = PostgresServer::start();
    let url = server.create_database().await;
    let routing = opened(&url).await;
    // Each of these holds its connection while it waits for the lock, until it is given up.
    let mut holder = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE routing_version").execute(&mut holder).await.unwrap();
    let asked: Vec<_> = (0..3)
        .map(|_| {
            let routing = routing.clone();
            tokio::spawn(async move { is_away(routing.touch()).await })
        })
        .collect();
    let pids = "SELECT pid FROM pg_stat_activity WHERE application_name = 'jobbers' AND wait_event_type = 'Lock'";
    let mut admin = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let mut waiting: Vec<i32> = Vec::new();
    while waiting.len() < 3 {
        waiting = sqlx::query_scalar(pids).fetch_all(&mut admin).await.unwrap();
    }
    for pid in &waiting {
        signal(pid.unsigned_abs(), Signal::Stop);
    }
    for one in asked {
        one.await.unwrap();
    }
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    // Closing the old ones takes 5 s at the most.
    let began = Instant::now();
    while routing.version().await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(12), "no connection takes the place of those");
    }
    for pid in &waiting {
        signal(pid.unsigned_abs(), Signal::Cont);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_accepts_and_says_nothing_is_away() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://me:{PASSWORD}@{}/jobs", listener.local_addr().unwrap());
    let (opening, migrating) = (url.parse().unwrap(), url.parse().unwrap());
    tokio::join!(is_away(Routing::open(&opening)), is_away(Routing::migrate(&migrating)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_says_what_to_do_and_shows_no_secret() {
    let server = PostgresServer::start();
    let url = server.create_database().await;
    opened(&url).await;
    server
        .execute(
            "test_0",
            "CREATE ROLE reader LOGIN PASSWORD 'sesame'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
             CREATE ROLE stranger LOGIN PASSWORD 'sesame';
             CREATE ROLE frozen LOGIN SUPERUSER PASSWORD 'sesame'; ALTER ROLE frozen SET default_transaction_read_only = on;
             CREATE ROLE barred NOLOGIN PASSWORD 'sesame';",
        )
        .await;
    let as_user = |user: &str| server.url_as(user, PASSWORD, "test_0");
    let mut said = Vec::new();
    for (url, expected) in [
        (server.url_as("jobbers", "wrong-secret", "test_0"), "the server refuses this user or password"),
        (server.url_as("nobody-known", PASSWORD, "test_0"), "the server refuses this user or password"),
        (as_user("barred"), "the server refuses this user"),
        (server.url("missing"), "there is no such database: create it"),
        (as_user("stranger"), "this user lacks a right: permission denied for table _sqlx_migrations"),
        (format!("{url}?sslmode=require"), "TLS"),
    ] {
        let error = Routing::open(&url.parse().unwrap()).await.expect_err(&url).to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        said.push(error);
    }
    // Who may only read can follow, but changes nothing.
    for (user, expected) in [
        ("reader", "this user lacks a right: permission denied"),
        ("frozen", "it is read-only: name the primary server"),
    ] {
        let routing = Routing::open(&as_user(user).parse().unwrap()).await.unwrap();
        assert_eq!(routing.snapshot().await.unwrap().queues.len(), 1);
        let error = routing.create_queue(&Queue::default(), at(1)).await.unwrap_err();
        assert!(matches!(error, RoutingError::Unusable { operation: "create queue", .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        said.push(error.to_string());
        let fresh = server.create_database().await;
        let fresh = fresh.replace("jobbers:", &format!("{user}:"));
        let error = Routing::migrate(&fresh.parse().unwrap()).await.unwrap_err().to_string();
        said.push(error);
    }
    for text in said {
        assert!(text.contains("postgres://***@127.0.0.1"), "{text}");
        for secret in [PASSWORD, "wrong-secret", "nobody-known", "barred", "stranger:", "reader:"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_spelling_names_the_same_database() {
    let server = PostgresServer::start();
    let url = server.create_database().await;
    opened(&url).await.belong("this one").await.unwrap();
    let rest = url.strip_prefix("postgres").unwrap();
    for scheme in ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"] {
        let routing = Routing::open(&format!("{scheme}{rest}").parse().unwrap()).await.unwrap();
        assert_eq!(routing.installation().await.unwrap().as_deref(), Some("this one"), "{scheme}");
    }
    server.execute("test_0", "CREATE ROLE scrammed LOGIN SUPERUSER PASSWORD 'sesame'").await;
    let scrammed = server.url_as("scrammed", PASSWORD, "test_0").parse().unwrap();
    Routing::open(&scrammed).await.unwrap().ping().await.unwrap();
    let options: SqlUrl = format!("{url}?application_name=mine&options=-c%20search_path%3Dother").parse().unwrap();
    let error = Routing::open(&options).await.unwrap_err().to_string();
    assert!(error.contains("its tables are missing"), "a schema of one's own is looked at: {error}");
}
