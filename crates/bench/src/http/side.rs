use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jobbers_conformance::server::{Guard, free_port};
use jobbers_core::model::{DEFAULT_QUEUE, Policy, Registration, TaskType};
use schemars::{JsonSchema, schema_for};

use super::connection::Connection;
use crate::place::Place;

const START_WITHIN: Duration = Duration::from_secs(20);

/// Who answers requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// The bare endpoint, as a process of this program.
    Bare,
    /// A manager's program.
    Manager(PathBuf),
}

/// What the workloads' parameters are: the manager checks them, as it does for every type of a worker in Rust.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is needed")]
struct Parameters {
    report_id: u64,
    title: String,
    formats: Vec<String>,
}

/// A process that answers; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Running {
    process: Guard,
    pub(super) address: SocketAddr,
}

impl Side {
    /// Starts it on this place, and waits until it answers.
    pub(super) async fn start(&self, place: &Place) -> Result<Running> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let mut command = match self {
            Self::Bare => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["bare-endpoint", "--redis", &place.store_url(), "--port", &address.port().to_string()]);
                command
            }
            Self::Manager(program) => {
                register(place).await?;
                let mut command = Command::new(program);
                command
                    .env("STORE_URL", place.store_url())
                    .env("SQL_PATH", place.sql_path())
                    .env("MANAGER_BIND", address.to_string())
                    .env("RUST_LOG", "warn");
                command
            }
        };
        // Redis without persistence is warned of, and meant.
        let process = Guard::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))
            .with_context(|| format!("starting {command:?}"))?;
        let mut running = Running { process, address };
        running.wait().await?;
        Ok(running)
    }
}

async fn register(place: &Place) -> Result<()> {
    let registration = Registration {
        task_type: TaskType::new("noop", 1),
        queue: DEFAULT_QUEUE.to_owned(),
        policy: Policy::default(),
        parameters_schema: Some(schema_for!(Parameters).to_value()),
    };
    place.connector().connect().await?.tasks.register(&[registration]).await?;
    Ok(())
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        self.process.pid()
    }

    async fn wait(&mut self) -> Result<()> {
        const READY: &[u8] = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n";
        let deadline = Instant::now() + START_WITHIN;
        loop {
            // The bare endpoint knows no such route, and is ready as soon as it says so.
            if let Ok(mut connection) = Connection::open(self.address).await
                && matches!(connection.ask(READY).await, Ok(200 | 404))
            {
                return Ok(());
            }
            if let Some(status) = self.process.ended() {
                anyhow::bail!("the server ended: {status}");
            }
            ensure!(Instant::now() < deadline, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
