//! The program `jobbers_manager`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use jobbers_conformance::server::{Guard, Signal, signal};

use crate::http::get;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobbers_manager"));
    command.env_clear();
    command
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn wrong_settings_end_it_with_2_and_show_no_secret() {
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        program().args(arguments).envs(variables.iter().copied()).output().unwrap()
    };
    let error = refused(&run(&[], &[("MANAGER_BIND", "0.0.0.0:8000")]));
    assert!(error.contains("JOBBERS_TOKENS") && error.contains("--insecure"), "{error}");
    let error = refused(&run(&[], &[("JOBBERS_TOKENS", "ci:write:s3cret")]));
    assert!(error.contains("entry 1") && !error.contains("s3cret"), "{error}");
    let error = refused(&run(&[], &[("MAX_BODY", "lots")]));
    assert!(error.contains("lots") && error.to_lowercase().contains("max-body"), "{error}");
    let error = refused(&run(&[], &[("STORE_URL", "mysql://user:s3cret@host")]));
    assert!(error.contains("STORE_URL") && !error.contains("s3cret"), "{error}");
    let error = refused(&run(&["tasks.toml"], &[]));
    assert!(error.contains("task module `tasks.toml`"), "{error}");
    let error = refused(&run(
        &["--bind", "127.0.0.1:0"],
        &[("STORE_URL", "sqlite:///dev/null/t.db"), ("SQL_PATH", "sqlite:///dev/null/x.db")],
    ));
    assert!(error.contains("/dev/null"), "{error}");
    refused(&run(&["--no-such-flag"], &[]));
    let help = run(&["--help"], &[("JOBBERS_TOKENS", "ci:read:s3cret")]);
    assert!(help.status.success() && !String::from_utf8_lossy(&help.stdout).contains("s3cret"));
    assert!(run(&["--version"], &[]).status.success());
}

#[tokio::test]
async fn it_serves_until_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let log = folder.path().join("log");
    let mut command = program();
    command
        .args(["--manager-bind", "127.0.0.1:0", "--store-url", &url("tasks.db"), "--sql-path", &url("sql.db")])
        .env("LOG_FORMAT", "json")
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap());
    let mut process = Guard::spawn(&mut command).unwrap();
    let address = loop {
        assert!(process.ended().is_none(), "{}", std::fs::read_to_string(&log).unwrap());
        let lines = BufReader::new(std::fs::File::open(&log).unwrap()).lines().map_while(Result::ok);
        let lines: Vec<serde_json::Value> = lines.filter_map(|line| serde_json::from_str(&line).ok()).collect();
        if let Some(line) = lines.iter().find(|line| line["event"] == "listening") {
            break line["address"].as_str().unwrap().parse().unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    while get("/readyz").send(address).await.status != 200 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let greeting = get("/").send(address).await.expect(200);
    assert_eq!(greeting["tasks"], serde_json::json!([]));
    signal(process.pid(), Signal::Term);
    let status = loop {
        if let Some(status) = process.ended() {
            break status;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(status.code(), Some(0), "{}", std::fs::read_to_string(&log).unwrap());
}
