//! The command line of the scheduler.

use std::process::ExitCode;

use clap::Parser;
use jobbers_core::process::{Connector, LogSettings, Shutdown, StartError, StoreSettings};

use crate::{SchedulerSettings, run};

const DONE: u8 = 0;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;

/// Moves tasks whose time has come into their queues, takes tasks from workers that died, drops those that nobody can run,
/// and removes those that ended long ago. Any number may run.
#[derive(Debug, Parser)]
#[command(name = "jobbers_scheduler", version)]
struct Scheduler {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    log: LogSettings,
    #[command(flatten)]
    scheduler: SchedulerSettings,
}

/// The `main` of the scheduler. Exit codes: 0 stopped on request, 1 failed to start, 2 wrong usage or configuration.
pub fn main() -> ExitCode {
    let Scheduler { store, log, scheduler } = Scheduler::parse();
    if let Err(error) = log.init() {
        eprintln!("error: {error}");
        return ExitCode::from(MISUSED);
    }
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => ExitCode::from(runtime.block_on(launch(scheduler, store))),
        Err(error) => {
            tracing::error!(event = "start", %error, "the scheduler cannot start its runtime");
            ExitCode::from(FAILED)
        }
    }
}

async fn launch(settings: SchedulerSettings, store: StoreSettings) -> u8 {
    let shutdown = match Shutdown::on_signals() {
        Ok(shutdown) => shutdown,
        Err(error) => {
            tracing::error!(event = "start", %error, "the scheduler cannot listen for signals");
            return FAILED;
        }
    };
    match Connector::new(store).connect_patiently(&shutdown).await {
        Ok(stores) => {
            run(settings, stores, shutdown).await;
            DONE
        }
        Err(StartError::Stopped) => DONE,
        Err(error) => {
            tracing::error!(event = "start", %error, "the scheduler cannot start");
            if error.is_configuration() { MISUSED } else { FAILED }
        }
    }
}
