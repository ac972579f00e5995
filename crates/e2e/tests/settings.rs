//! Wrong settings: an exit code, and a message that names the variable and the value but no secret.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use jobbers_e2e::{Installation, Program, Store};

const SOON: Duration = Duration::from_secs(20);

const PROGRAMS: [(&str, &[&str]); 4] =
    [("jobbers_manager", &[]), ("jobbers_worker", &["demo"]), ("jobbers_scheduler", &[]), ("jobbers_cleaner", &[])];

/// Asserts that a program ends with one of these codes and says all of this.
async fn ends_with(mut program: Program, codes: &[i32], words: &[&str]) {
    let code = program.ends_within(SOON).await;
    let log = program.log();
    assert!(code.is_some_and(|code| codes.contains(&code)), "exit code {code:?}, not {codes:?}:\n{log}");
    for word in words {
        assert!(log.contains(word), "`{word}` is not in:\n{log}");
    }
    assert!(!log.contains("s3cret"), "a secret was shown:\n{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_url_that_cannot_be_used_is_named() {
    let jobbers = Installation::on(Store::Sqlite);
    for (program, arguments) in PROGRAMS {
        for (variable, value, named) in [
            ("STORE_URL", "ftp://user:s3cret@host/", "ftp://"),
            ("STORE_URL", "not a url", "not a url"),
            ("STORE_URL", "redis+cluster://host:6379", "not built yet"),
            ("SQL_PATH", "mysql://user:s3cret@host/db", "mysql://"),
            ("SQL_PATH", "sqlite://", "SQL_PATH"),
        ] {
            ends_with(jobbers.start(program, arguments, &[(variable, value)]), &[2], &[variable, named]).await;
        }
        let mut environment = jobbers.environment(&[("REDIS_URL", "nonsense://user:s3cret@host")]);
        environment.retain(|(variable, _)| variable != "STORE_URL");
        let program = Program::start(program, arguments, &environment, &jobbers.path("."));
        ends_with(program, &[2], &["REDIS_URL", "nonsense://"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_numbers_are_named() {
    let jobbers = Installation::on(Store::Sqlite);
    for (program, arguments, variable, value) in [
        ("jobbers_worker", ["demo"].as_slice(), "WORKER_CONCURRENT_TASKS", "0"),
        ("jobbers_worker", &["demo"], "WORKER_TTL", "many"),
        ("jobbers_worker", &["demo"], "WORKER_LEASE", "-1"),
        ("jobbers_scheduler", &[], "SCHEDULER_BATCH_SIZE", "0"),
        ("jobbers_scheduler", &[], "RETENTION", "-1"),
        ("jobbers_scheduler", &[], "UNKNOWN_TASK_GRACE", "soon"),
        ("jobbers_manager", &[], "MANAGER_BIND", "nowhere"),
    ] {
        ends_with(jobbers.start(program, arguments, &[(variable, value)]), &[2], &[variable, value]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_that_others_can_reach_needs_tokens() {
    let jobbers = Installation::on(Store::Sqlite);
    let manager = jobbers.start("jobbers_manager", &[], &[("MANAGER_BIND", "0.0.0.0:0")]);
    ends_with(manager, &[2], &["JOBBERS_TOKENS", "--insecure"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_task_module_is_named() {
    let jobbers = Installation::on(Store::Sqlite);
    ends_with(jobbers.start("jobbers_worker", &["myapp.tasks"], &[]), &[2], &["myapp.tasks"]).await;
    ends_with(jobbers.start("jobbers_worker", &[], &[]), &[2], &["TASK_MODULE"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_database_is_named() {
    let jobbers = Installation::on(Store::Sqlite);
    fs::write(jobbers.path("text.db"), "This is not a database, but long enough to look like one.".repeat(100))
        .unwrap();
    let url = format!("sqlite://{}", jobbers.path("text.db").display());
    for (program, arguments) in PROGRAMS {
        for variable in ["SQL_PATH", "STORE_URL"] {
            ends_with(jobbers.start(program, arguments, &[(variable, &url)]), &[2], &["text.db"]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_written_is_named() {
    let jobbers = Installation::on(Store::Sqlite);
    // A folder in its place cannot be opened by anybody, not even by root.
    fs::create_dir(jobbers.path("folder.db")).unwrap();
    let url = format!("sqlite://{}", jobbers.path("folder.db").display());
    for variable in ["SQL_PATH", "STORE_URL"] {
        ends_with(jobbers.start("jobbers_worker", &["demo"], &[(variable, &url)]), &[2], &["folder.db"]).await;
    }
    // A read-only file stops everybody but root.
    let file = jobbers.path("readonly.db");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().write(true).open(&file).is_ok() {
        eprintln!("skipped in part: this user may write read-only files");
        return;
    }
    let url = format!("sqlite://{}", file.display());
    for variable in ["SQL_PATH", "STORE_URL"] {
        ends_with(jobbers.start("jobbers_worker", &["demo"], &[(variable, &url)]), &[2], &["readonly.db"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layout_of_the_future_is_refused() {
    let jobbers = Installation::on(Store::Redis);
    let redis = jobbers.redis.as_ref().unwrap();
    redis.command(&["HSET", "jobbers:{g}:meta", "layout", "99", "partitions", "1", "installation", "x"]);
    for (program, arguments) in PROGRAMS {
        ends_with(jobbers.start(program, arguments, &[]), &[2], &["99"]).await;
    }
    redis.command(&["HSET", "jobbers:{g}:meta", "layout", "2", "partitions", "16"]);
    ends_with(jobbers.start("jobbers_worker", &["demo"], &[]), &[2], &["16"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sql_file_of_another_installation_is_refused() {
    let jobbers = Installation::on(Store::Redis);
    let (manager, _) = jobbers.ready_manager().await;
    drop(manager);
    let other = Installation::on(Store::Redis);
    let (manager, _) = other.ready_manager().await;
    drop(manager);
    for (program, arguments) in PROGRAMS {
        let changes = [("SQL_PATH", &*other.sql_path())];
        ends_with(jobbers.start(program, arguments, &changes), &[2], &["STORE_URL", "SQL_PATH", "installation"]).await;
    }
}
