use std::process::ExitCode;

use clap::Parser;
use jobbers_core::model::Registration;
use jobbers_core::process::{Connector, LogSettings, Shutdown, StartError, StoreSettings};

use crate::preload;
use crate::server::{Bound, bind};
use crate::settings::ManagerSettings;

/// Serves the REST API of Jobbers.
#[derive(Debug, Parser)]
#[command(name = "jobbers_manager", version)]
struct Command {
    /// A task module as workers take it: its task types are known before the first worker comes. Without it the manager learns
    /// them from the workers
    #[arg(value_name = "TASK_MODULE")]
    task_module: Option<String>,
    #[command(flatten)]
    manager: ManagerSettings,
    #[command(flatten)]
    stores: StoreSettings,
    #[command(flatten)]
    log: LogSettings,
}

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;

/// The program: reads flags and environment, serves until SIGTERM or SIGINT. Exit codes: 0 done, 1 failed while
/// running, 2 wrong usage or configuration.
pub fn main() -> ExitCode {
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE));
        }
    };
    match start(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            eprintln!("jobbers_manager: {message}");
            ExitCode::from(code)
        }
    }
}

fn start(command: Command) -> Result<(), (u8, String)> {
    let types = command.task_module.as_deref().map(preload::types_of).transpose();
    let types = types.map_err(|message| (WRONG_USAGE, message))?.unwrap_or_default();
    command.log.init().map_err(|message| (WRONG_USAGE, message))?;
    let bound = bind(&command.manager).map_err(|error| {
        let code = if error.is_configuration() { WRONG_USAGE } else { FAILED };
        (code, error.to_string())
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| (FAILED, format!("cannot start threads: {error}")))?;
    let ended = runtime.block_on(run(bound, Connector::new(command.stores), types));
    // Whatever still runs, such as a question to a store that is away, is of no use to anybody.
    runtime.shutdown_background();
    ended.map_err(|error| (exit_code(&error), format!("{error:#}")))
}

async fn run(bound: Bound, connector: Connector, types: Vec<Registration>) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signals()?;
    let stores = async {
        let stores = connector.connect_patiently(&shutdown).await?;
        if !types.is_empty() {
            preload::publish(&stores.tasks, &types, &shutdown).await?;
        }
        Ok(stores)
    };
    bound.serve_when(stores, shutdown.clone()).await
}

fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<StartError>() {
        Some(error) if error.is_configuration() => WRONG_USAGE,
        _ => FAILED,
    }
}
