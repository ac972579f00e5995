//! The command line of a worker.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use jobbers_core::process::{Connector, LogSettings, Shutdown, StartError, StoreSettings};

use crate::{ModuleError, TaskModule, Tasks, WorkerSettings, guard, run};

const DONE: u8 = 0;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;

/// Runs tasks. It ends in good order at the first SIGTERM or SIGINT, and at once at the second.
#[derive(Debug, Parser)]
#[command(version)]
struct OwnWorker {
    #[command(flatten)]
    options: Options,
}

/// Runs the tasks of a task module. It ends in good order at the first SIGTERM or SIGINT, and at once at the second.
#[derive(Debug, Parser)]
#[command(name = "jobbers_worker", version)]
struct StockWorker {
    /// The tasks to run: `demo` (built-in examples), a TOML file in which each task is a command (`tasks.toml`), or a Python
    /// module (`myapp.tasks`) or file (`/srv/myapp/tasks.py`) with functions that are decorated with `@register_task`
    task_module: String,
    /// Print the task types of the module as JSON, and end: to see what a manager would learn of it, and whether it is right
    #[arg(long)]
    types: bool,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, clap::Args)]
struct Options {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    log: LogSettings,
    #[command(flatten)]
    worker: WorkerSettings,
}

/// The `main` of a worker with its own tasks: reads flags and environment, runs until it is told to stop.
///
/// Exit codes: 0 stopped in good order, or `WORKER_TTL` reached; 1 failed while running; 2 wrong usage or configuration;
/// 130 ended at once by a second signal.
pub fn main(tasks: Tasks) -> ExitCode {
    if let Some(code) = guard::main_if_asked() {
        return code;
    }
    let OwnWorker { options } = OwnWorker::parse();
    ExitCode::from(launch(tasks.into(), options))
}

/// The `main` of the stock worker: the tasks come from a task module.
pub fn stock_main() -> ExitCode {
    if let Some(code) = guard::main_if_asked() {
        return code;
    }
    let StockWorker { task_module, types, options } = StockWorker::parse();
    ExitCode::from(match TaskModule::load(&task_module) {
        Ok(module) if types => print_types(module, &options.worker),
        Ok(module) => launch(module, options),
        Err(error) => misused(error),
    })
}

fn misused(error: ModuleError) -> u8 {
    eprintln!("error: {:#}", anyhow::Error::new(error));
    MISUSED
}

fn print_types(module: TaskModule, settings: &WorkerSettings) -> u8 {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: threads cannot be started: {error}");
            return FAILED;
        }
    };
    let started = match runtime.block_on(module.start(settings)) {
        Ok(started) => started,
        Err(error) => return misused(error),
    };
    let printed = serde_json::to_writer_pretty(std::io::stdout(), &started.registrations());
    match printed.map_err(std::io::Error::from).and_then(|()| writeln!(std::io::stdout())) {
        Ok(()) => DONE,
        // Whoever reads them has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => DONE,
        Err(error) => {
            eprintln!("error: the task types cannot be printed: {error}");
            FAILED
        }
    }
}

fn launch(module: TaskModule, Options { worker, store, log }: Options) -> u8 {
    if let Err(error) = log.init() {
        eprintln!("error: {error}");
        return MISUSED;
    }
    // One thread for the claim loop and for the connection that it talks over: from one to the other no thread is woken.
    // Handlers and the renewal have threads of their own.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(event = "start", %error, "the worker cannot start its threads");
            return FAILED;
        }
    };
    let code = runtime.block_on(async {
        let shutdown = match Shutdown::on_signals() {
            Ok(shutdown) => shutdown,
            Err(error) => {
                tracing::error!(event = "start", %error, "the worker cannot listen for signals");
                return FAILED;
            }
        };
        let module = tokio::select! {
            started = module.start(&worker) => match started {
                Ok(started) => started,
                Err(error) => return misused(error),
            },
            // A module may take long to be imported.
            () = shutdown.graceful.cancelled() => return DONE,
        };
        let connector = Connector::new(store);
        let stores = match connector.connect_patiently(&shutdown).await {
            Ok(stores) => stores,
            Err(StartError::Stopped) => return DONE,
            Err(error) => {
                tracing::error!(event = "start", %error, "the worker cannot start");
                return start_failure(&error);
            }
        };
        match run(module, worker, connector, stores, shutdown).await {
            Ok(end) => end.exit_code(),
            Err(error) => {
                tracing::error!(event = "worker_failed", error = format!("{error:#}"), "the worker cannot go on");
                FAILED
            }
        }
    });
    runtime.shutdown_background();
    code
}

fn start_failure(error: &StartError) -> u8 {
    if error.is_configuration() { MISUSED } else { FAILED }
}
