//! The command line of a worker.

use std::process::ExitCode;

use clap::Parser;
use jobbers_core::process::{Connector, LogSettings, Shutdown, StartError, StoreSettings};

use crate::{Tasks, WorkerSettings, run};

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
    /// The tasks to run: `demo` (built-in examples)
    task_module: String,
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
    let OwnWorker { options } = OwnWorker::parse();
    ExitCode::from(launch(tasks, options))
}

/// The `main` of the stock worker: the tasks come from a task module.
pub fn stock_main() -> ExitCode {
    let StockWorker { task_module, options } = StockWorker::parse();
    ExitCode::from(match load(&task_module) {
        Ok(tasks) => launch(tasks, options),
        Err(message) => {
            eprintln!("error: {message}");
            MISUSED
        }
    })
}

/// The tasks of a task module: `demo`. Manifests and Python modules are not built yet; the error names the module.
pub fn load(task_module: &str) -> Result<Tasks, String> {
    if task_module == "demo" {
        return Ok(crate::demo::tasks());
    }
    let kind = if task_module.ends_with(".toml") { "manifests of commands" } else { "Python modules" };
    Err(format!("task module `{task_module}`: {kind} are not built yet; there is `demo`"))
}

fn launch(tasks: Tasks, Options { worker, store, log }: Options) -> u8 {
    if let Err(error) = tasks.check() {
        eprintln!("error: {error}");
        return MISUSED;
    }
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
        let connector = Connector::new(store);
        let stores = match connector.connect_patiently(&shutdown).await {
            Ok(stores) => stores,
            Err(StartError::Stopped) => return DONE,
            Err(error) => {
                tracing::error!(event = "start", %error, "the worker cannot start");
                return start_failure(&error);
            }
        };
        match run(tasks, worker, connector, stores, shutdown).await {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_can_be_run_and_what_is_not_built_yet_is_named() {
        assert!(load("demo").is_ok_and(|tasks| tasks.check().is_ok()));
        for module in ["tasks.toml", "myapp.tasks", "/srv/tasks.py"] {
            let message = load(module).unwrap_err();
            assert!(message.contains(module) && message.contains("not built yet"), "{message}");
        }
    }
}
