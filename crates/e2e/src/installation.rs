use std::path::PathBuf;

use jobbers_conformance::server::postgres::PostgresServer;
use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use reqwest::Method;
use tempfile::TempDir;

use crate::api::SOON;
use crate::{Api, Program, eventually};

/// What holds the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Redis,
}

/// Jobbers in a folder of its own: its stores, and programs that work on them. Everything ends with it.
#[derive(Debug)]
pub struct Installation {
    /// The lease of its workers is short, so that tests are.
    pub lease: &'static str,
    pub redis: Option<RedisServer>,
    /// What holds queues and roles, if not a file.
    pub postgres: Option<PostgresServer>,
    /// Of the database there.
    postgres_url: Option<String>,
    folder: TempDir,
}

/// The seconds of [`Installation::lease`].
pub const LEASE: f64 = 2.0;

impl Installation {
    pub fn on(store: Store) -> Self {
        Self::of((store == Store::Redis).then(|| RedisServer::start(&WITH_AOF)))
    }

    /// On a Redis with other settings.
    pub fn on_redis(arguments: &[&str]) -> Self {
        Self::of(Some(RedisServer::start(arguments)))
    }

    /// On Redis, with queues and roles in PostgreSQL, whose tables are there.
    pub async fn on_redis_and_postgres() -> Self {
        let jobbers = Self::on_redis_and_empty_postgres().await;
        let mut migration = jobbers.start("jobbers_migrate", &[], &[]);
        assert_eq!(migration.ends_within(SOON).await, Some(0), "{}", migration.log());
        jobbers
    }

    /// The same before `jobbers_migrate`.
    pub async fn on_redis_and_empty_postgres() -> Self {
        let postgres = PostgresServer::start();
        let url = postgres.create_database().await;
        Self { postgres: Some(postgres), postgres_url: Some(url), ..Self::on(Store::Redis) }
    }

    fn of(redis: Option<RedisServer>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { lease: "2", redis, postgres: None, postgres_url: None, folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn store_url(&self) -> String {
        match &self.redis {
            Some(redis) => redis.url(),
            None => format!("sqlite://{}", self.path("tasks.db").display()),
        }
    }

    pub fn sql_path(&self) -> String {
        match &self.postgres_url {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.path("jobbers.db").display()),
        }
    }

    /// The environment of its programs, changed by `changes`.
    pub fn environment(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = vec![
            ("STORE_URL".to_owned(), self.store_url()),
            ("SQL_PATH".to_owned(), self.sql_path()),
            ("MANAGER_BIND".to_owned(), "127.0.0.1:0".to_owned()),
            ("WORKER_LEASE".to_owned(), self.lease.to_owned()),
            ("WORKER_TTL".to_owned(), "0".to_owned()),
            ("WORKER_CONCURRENT_TASKS".to_owned(), "10".to_owned()),
            ("LOG_FORMAT".to_owned(), "json".to_owned()),
            ("RUST_LOG".to_owned(), "info".to_owned()),
        ];
        for (variable, value) in changes {
            all.retain(|(other, _)| other != variable);
            all.push(((*variable).to_owned(), (*value).to_owned()));
        }
        all
    }

    pub fn start(&self, name: &str, arguments: &[&str], changes: &[(&str, &str)]) -> Program {
        Program::start(name, arguments, &self.environment(changes), self.folder.path())
    }

    /// A manager that listens; it may not be ready.
    pub async fn manager(&self) -> (Program, Api) {
        self.manager_with(&[]).await
    }

    /// The same, with other settings.
    pub async fn manager_with(&self, changes: &[(&str, &str)]) -> (Program, Api) {
        let manager = self.start("jobbers_manager", &[], changes);
        let api = api_of(&manager).await;
        (manager, api)
    }

    /// A manager that is ready.
    pub async fn ready_manager(&self) -> (Program, Api) {
        let (manager, api) = self.manager().await;
        eventually("the manager is ready", SOON, async || (api.status("/readyz").await? == 200).then_some(())).await;
        (manager, api)
    }

    pub fn scheduler(&self) -> Program {
        self.start("jobbers_scheduler", &[], &[])
    }

    /// A cleaner that runs once, or as its flags say.
    pub fn cleaner(&self, flags: &[&str]) -> Program {
        self.start("jobbers_cleaner", flags, &[])
    }

    /// Cleans once and waits for that; the summary of a run that ends with 0.
    pub async fn clean(&self, flags: &[&str]) -> serde_json::Value {
        let mut cleaner = self.cleaner(flags);
        assert_eq!(cleaner.ends_within(SOON).await, Some(0), "{}", cleaner.log());
        cleaner.summary()
    }

    /// A worker that runs `traced_task` and the tasks of `silence`.
    pub fn worker(&self, changes: &[(&str, &str)]) -> Program {
        self.start("e2e_worker", &[], changes)
    }

    /// A worker that runs the built-in examples.
    pub fn demo_worker(&self, changes: &[(&str, &str)]) -> Program {
        self.start("jobbers_worker", &["demo"], changes)
    }
}

/// Waits until a manager (or `jobbers dev`) says where it listens.
pub async fn api_of(program: &Program) -> Api {
    let base = eventually("the manager says where it listens", SOON, async || {
        let log = program.log();
        let (_, rest) = log.split_once("http://127.0.0.1:")?;
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        // The whole line was written.
        (rest.len() > port.len()).then(|| format!("http://127.0.0.1:{port}"))
    })
    .await;
    let api = Api::at(&base);
    eventually("the manager lives", SOON, async || api.send(Method::GET, "/livez", None).await.ok()).await;
    api
}
