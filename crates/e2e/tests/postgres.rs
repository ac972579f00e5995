//! Queues and roles in PostgreSQL.

use std::time::Duration;

use jobbers_conformance::server::postgres::PASSWORD;
use jobbers_e2e::Installation;
use serde_json::json;

const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_goes_from_rest_to_a_worker_and_back_with_sql_on_postgres() {
    let mut jobbers = Installation::on_redis_and_postgres().await;
    let (_manager, api) = jobbers.ready_manager().await;
    let _scheduler = jobbers.scheduler();
    let _worker = jobbers.demo_worker(&[]);
    api.knows("echo_task").await;
    let id = api.submit("echo_task", json!({"value": "naïve"})).await;
    assert_eq!(api.reaches(&id, "completed").await["result"], json!({"value": "naïve"}));
    // While the server is away everybody goes on with what was read before.
    let slow = api.submit("slow_task", json!({"seconds": 1})).await;
    api.reaches(&slow, "started").await;
    let postgres = jobbers.postgres.as_mut().unwrap();
    postgres.kill();
    let id = api.submit("echo_task", json!({"value": "away"})).await;
    assert_eq!(api.reaches(&id, "completed").await["result"], json!({"value": "away"}));
    api.reaches(&slow, "completed").await;
    postgres.start_again();
    let id = api.submit("echo_task", json!({"value": "back"})).await;
    assert_eq!(api.reaches(&id, "completed").await["result"], json!({"value": "back"}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_tables_ends_every_program_with_what_to_do() {
    let jobbers = Installation::on_redis_and_empty_postgres().await;
    let programs: [(&str, &[&str]); 4] =
        [("jobbers_manager", &[]), ("jobbers_worker", &["demo"]), ("jobbers_scheduler", &[]), ("jobbers_cleaner", &[])];
    for (name, arguments) in programs {
        let mut program = jobbers.start(name, arguments, &[]);
        assert_eq!(program.ends_within(SOON).await, Some(2), "{name}: {}", program.log());
        assert!(program.log().contains("run jobbers_migrate"), "{name}: {}", program.log());
        assert!(!program.log().contains(PASSWORD), "{name}: {}", program.log());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_says_what_it_did_and_what_was_wrong() {
    let mut jobbers = Installation::on_redis_and_empty_postgres().await;
    let url = jobbers.sql_path();
    let asyncpg = url.replace("postgres://", "postgresql+asyncpg://");
    let wrong_password = url.replace(PASSWORD, "wrong-secret");
    let missing = url.replace("test_0", "missing");
    for (sql_path, code, expected) in [
        (url.as_str(), 0, "is up to date: applied 0001 routing, 0002 routing changes"),
        (&url, 0, "is up to date, nothing to do"),
        (&asyncpg, 0, "is up to date, nothing to do"),
        (&wrong_password, 2, "the server refuses this user or password"),
        (&missing, 2, "there is no such database: create it"),
        ("postgres://jobbers:wrong-secret@127.0.0.1", 2, "names no database"),
        ("mysql://jobbers:wrong-secret@127.0.0.1/x", 2, "unknown scheme `mysql://`"),
    ] {
        migrates(&jobbers, sql_path, code, expected).await;
    }
    jobbers.postgres.as_mut().unwrap().kill();
    migrates(&jobbers, &url, 1, "cannot be reached").await;
}

/// Runs `jobbers_migrate` to its end.
async fn migrates(jobbers: &Installation, sql_path: &str, code: i32, expected: &str) {
    let mut migration = jobbers.start("jobbers_migrate", &[], &[("SQL_PATH", sql_path)]);
    assert_eq!(migration.ends_within(SOON).await, Some(code), "{}", migration.log());
    let log = migration.log();
    assert!(log.contains(expected), "{expected}: {log}");
    assert!(code == 0 || log.contains("SQL_PATH") || log.contains("postgres://***@"), "what it is about: {log}");
    for secret in [PASSWORD, "wrong-secret"] {
        assert!(!log.contains(secret), "{log}");
    }
}
