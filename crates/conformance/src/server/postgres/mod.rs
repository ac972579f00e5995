//! A PostgreSQL server of one's own.

mod account;
mod cluster;
mod programs;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use super::{Guard, Signal, free_port};
use account::Account;

const START_WITHIN: Duration = Duration::from_secs(30);

/// Its only user, who may do everything, and the password that the user needs. Another one, `scrammed`, if it is made, is asked
/// for it in the way of SCRAM.
pub const USER: &str = "jobbers";
pub const PASSWORD: &str = "sesame";

/// What a server of a test is told. A crash of the whole machine is nothing to survive, but a killed server loses
/// nothing that was committed. Shared memory in files of its folder leaves nothing behind.
const SETTINGS: [&str; 9] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "dynamic_shared_memory_type=mmap",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
];

/// A server on a free loopback port, with its data in a temporary folder; it ends when this is dropped.
#[derive(Debug)]
pub struct PostgresServer {
    process: Option<Guard>,
    port: u16,
    account: Option<Account>,
    databases: AtomicU32,
    folder: TempDir,
}

impl PostgresServer {
    pub fn start() -> Self {
        let account = Account::to_run_as();
        let folder = tempfile::tempdir().expect("a temporary folder");
        cluster::create(&folder.path().join("data"), account.as_ref());
        if let Some(account) = &account {
            account.own(folder.path());
        }
        let mut server = Self { process: None, port: 0, account, databases: AtomicU32::new(0), folder };
        // The port may be taken between its choice and its use.
        for _ in 0..10 {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("postgres did not start:\n{}", server.log());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Of the server process; none while it is down.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Guard::pid)
    }

    /// Of a database, as the user who may do everything.
    pub fn url(&self, database: &str) -> String {
        self.url_as(USER, PASSWORD, database)
    }

    pub fn url_as(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a new, empty database; its URL.
    pub async fn create_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute("postgres", &format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    /// Runs statements in a database.
    pub async fn execute(&self, database: &str, sql: &str) {
        let mut connection = PgConnection::connect(&self.url(database)).await.expect("a connection");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        connection.close().await.expect("closed");
    }

    /// Ends the server at once, as a crash would: it recovers when it starts again.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again after [`kill`](Self::kill): same port, same folder.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "postgres is running");
        let deadline = Instant::now() + START_WITHIN;
        while !self.try_start() {
            assert!(Instant::now() < deadline, "postgres does not start again:\n{}", self.log());
        }
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("postgres.log")
    }

    /// What the server wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Whether the server is ready; false if it ended at once, mostly because the port is taken.
    fn try_start(&mut self) -> bool {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("the log file");
        let mut command = Command::new(programs::file("postgres"));
        command.arg("-D").arg(self.folder.path().join("data")).args(["-p", &self.port.to_string()]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(log);
        if let Some(account) = &self.account {
            account.run(&mut command);
        }
        // By SIGQUIT it ends all its processes at once; killed it would leave that, and shared memory, to others.
        let mut process = Guard::spawn_ended_by(Signal::Quit, &mut command)
            .unwrap_or_else(|error| panic!("postgres cannot be started: {error}"));
        let deadline = Instant::now() + START_WITHIN;
        while !self.is_ready(process.pid()) {
            if process.ended().is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "postgres does not become ready:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(2));
        }
        self.process = Some(process);
        true
    }

    /// By the file in which a server says who it is (first line) and how it is (eighth).
    fn is_ready(&self, pid: u32) -> bool {
        let said = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
        let lines: Vec<&str> = said.lines().map(str::trim).collect();
        lines.first() == Some(&pid.to_string().as_str()) && lines.get(7) == Some(&"ready")
    }
}

#[cfg(test)]
mod tests;
