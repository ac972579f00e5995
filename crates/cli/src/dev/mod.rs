//! `jobbers dev`: manager, worker, scheduler and cleaner in one process.

mod banner;
mod example;
mod parts;
mod ready;

use std::io::Write as _;
use std::time::Duration;

use jobbers_cleaner::Chore;
use jobbers_core::process::{Connector, LogSettings, Shutdown, StartError, StoreSettings, Stores};
use jobbers_manager::{BindError, Bound, ManagerSettings};
use jobbers_scheduler::SchedulerSettings;
use jobbers_worker::{ModuleError, TaskModule, WorkerSettings};
use tokio::runtime::Runtime;

use super::failure::Failure;
use banner::Banner;
use parts::Parts;

/// How soon a silent task is found.
const CLEANING_INTERVAL: Duration = Duration::from_secs(2);

/// Runs manager, worker, scheduler and cleaner in one process, on the embedded store unless told otherwise
#[derive(Debug, clap::Args)]
#[command(mut_arg("store_url", |arg| arg.default_value("sqlite://jobbers.db")))]
#[command(mut_arg("worker_ttl", |arg| arg.hide(true)))]
pub(crate) struct Dev {
    /// The tasks to run: `demo` (built-in examples), a TOML file in which each task is a command (`tasks.toml`), or a Python
    /// module (`myapp.tasks`) or file (`tasks.py`)
    #[arg(default_value = "demo")]
    task_module: String,

    /// The port to listen on; unset: the one of MANAGER_BIND
    #[arg(long)]
    port: Option<u16>,

    #[command(flatten)]
    manager: ManagerSettings,

    #[command(flatten)]
    worker: WorkerSettings,

    #[command(flatten)]
    scheduler: SchedulerSettings,

    #[command(flatten, next_help_heading = "Store")]
    store: StoreSettings,

    #[command(flatten, next_help_heading = "Log")]
    log: LogSettings,
}

impl Dev {
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        if let Some(port) = self.port {
            let host = self.manager.bind.rsplit_once(':').map_or(self.manager.bind.as_str(), |(host, _)| host);
            self.manager.bind = format!("{host}:{port}");
        }
        // A worker that ends now and then is for a supervisor to start again; here is none.
        self.worker.worker_ttl = 0;
        let module = TaskModule::load(&self.task_module).map_err(module_failure)?;
        self.log.init().map_err(Failure::Usage)?;
        let bound = jobbers_manager::bind(&self.manager).map_err(bind_failure)?;
        let runtime = Runtime::new().map_err(|error| Failure::Failed(format!("threads cannot start: {error}")))?;
        let ended = runtime.block_on(self.serve(bound, module));
        // Whoever still runs a handler was told to stop, or is left to its lease.
        runtime.shutdown_background();
        ended
    }

    async fn serve(self, bound: Bound, module: TaskModule) -> Result<(), Failure> {
        let shutdown = Shutdown::on_signals().map_err(|error| Failure::Failed(format!("signals: {error}")))?;
        let module = tokio::select! {
            started = module.start(&self.worker) => started.map_err(module_failure)?,
            // A module may take long to be imported.
            () = shutdown.graceful.cancelled() => return Ok(()),
        };
        let banner = Banner {
            address: bound.address(),
            store: self.store.store_url.to_string(),
            needs_token: self.manager.tokens.is_some(),
            example: example::of(&module.registrations()),
        };
        let connector = Connector::new(self.store);
        let stores = match connector.connect_patiently(&shutdown).await {
            Ok(stores) => stores,
            Err(StartError::Stopped) => return Ok(()),
            Err(error) => return Err(start_failure(&error)),
        };
        let mut parts = Parts::new(shutdown.clone());
        let ready = ready::workers_here(stores.tasks.clone());
        parts.start("manager", bound.serve(stores.clone(), shutdown.clone()));
        parts.start("scheduler", run_scheduler(self.scheduler, stores.clone(), shutdown.clone()));
        parts.start("cleaner", run_cleaner(stores.clone(), shutdown.clone()));
        parts.start("worker", run_worker(module.into(), self.worker, connector, stores, shutdown.clone()));
        tokio::select! {
            () = ready => drop(std::io::stdout().write_all(banner.to_string().as_bytes())),
            () = parts.one_ended() => {}
        }
        parts.all_ended().await
    }
}

fn module_failure(error: ModuleError) -> Failure {
    Failure::Usage(format!("{:#}", anyhow::Error::new(error)))
}

async fn run_scheduler(settings: SchedulerSettings, stores: Stores, shutdown: Shutdown) -> anyhow::Result<()> {
    jobbers_scheduler::run(settings, stores, shutdown).await;
    Ok(())
}

/// Looks for silent tasks. What is old the scheduler removes.
async fn run_cleaner(stores: Stores, shutdown: Shutdown) -> anyhow::Result<()> {
    let chores = [Chore::Stall { stale: None }];
    jobbers_cleaner::serve(&stores.tasks, &chores, false, CLEANING_INTERVAL, &shutdown, |_| ()).await?;
    Ok(())
}

async fn run_worker(
    module: TaskModule,
    settings: WorkerSettings,
    connector: Connector,
    stores: Stores,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let end = jobbers_worker::run(module, settings, connector, stores, shutdown).await?;
    match end.exit_code() {
        0 => Ok(()),
        code => Err(anyhow::Error::new(parts::Ended { code })),
    }
}

fn bind_failure(error: BindError) -> Failure {
    match error {
        BindError::Listen { address, source } if source.kind() == std::io::ErrorKind::AddrInUse => Failure::Failed(
            format!("port {} is in use: stop what listens there, or choose another one with --port", address.port()),
        ),
        error if error.is_configuration() => Failure::Usage(error.to_string()),
        error => Failure::Failed(error.to_string()),
    }
}

fn start_failure(error: &StartError) -> Failure {
    let text = error.to_string();
    if error.is_configuration() { Failure::Usage(text) } else { Failure::Failed(text) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        dev: Dev,
    }

    #[test]
    fn its_parts_work_as_they_do_alone_but_on_a_file() {
        let Program { dev } = Program::try_parse_from(["jobbers-dev"]).expect("nothing is required");
        assert_eq!(dev.scheduler, SchedulerSettings::default());
        assert_eq!(dev.store.store_url.to_string(), "sqlite://jobbers.db");
    }
}
