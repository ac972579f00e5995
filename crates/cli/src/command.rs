use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::Builder;

use super::cancel::Cancel;
use super::dev::Dev;
use super::failure::Failure;
use super::status::Status;
use super::submit::Submit;

/// Submits tasks, looks at them, stops them; and runs everything on one machine.
///
/// Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.
#[derive(Debug, Parser)]
#[command(name = "jobbers", version)]
struct Jobbers {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dev(Box<Dev>),
    Submit(Submit),
    Status(Status),
    Cancel(Cancel),
}

/// The program `jobbers`.
pub fn main() -> ExitCode {
    match run(Jobbers::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report("jobbers"),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Dev(dev) => dev.run(),
        Command::Submit(submit) => wait_for(submit.run()),
        Command::Status(status) => wait_for(status.run()),
        Command::Cancel(cancel) => wait_for(cancel.run()),
    }
}

fn wait_for(call: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Failed(format!("it cannot start: {error}")))?;
    runtime.block_on(call)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Jobbers::command().debug_assert();
    }
}
