use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use tokio::runtime::Builder;

use super::cancel::Cancel;
use super::completions::Completions;
use super::dead::Dead;
use super::dev::Dev;
use super::explain::Explain;
use super::failed::Failed;
use super::failure::Failure;
use super::inspect::Inspect;
use super::list::ListTasks;
use super::pause::{Pause, Resume};
use super::purge::Purge;
use super::queues::Queues;
use super::resubmit::Resubmit;
use super::retry::Retry;
use super::roles::Roles;
use super::run_now::RunNow;
use super::sign::{Heartbeat, Progress};
use super::stats::Stats;
use super::status::Status;
use super::submit::Submit;
use super::types::Types;
use super::workers::Workers;

/// Submits tasks, looks at them, stops and repeats them; sets up queues and roles; and runs everything on one machine.
///
/// Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.
#[derive(Debug, Parser)]
#[command(name = "jobbers", version, after_help = EXAMPLES)]
struct Jobbers {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "First steps:
  jobbers dev                     start everything on this machine
and in another terminal
  jobbers types                   which tasks there are, and what they take
  jobbers submit echo_task value=hello --wait
                                  submit one, and wait for its result
  jobbers list                    the newest tasks
  jobbers status ID --follow      watch one until its end
  jobbers explain ID              why it is not running
  jobbers cancel ID               stop one
  jobbers resubmit ID             repeat one that has failed or was cancelled
  jobbers queues                  the queues, their limits, and what is in them
  jobbers pause QUEUE             let nothing more of a queue start

`jobbers COMMAND --help` tells more of each command. All but `dev`,
`heartbeat` and `progress` speak to the manager at JOBBERS_URL, http://127.0.0.1:8000 if that is not set.";

#[derive(Debug, Subcommand)]
enum Command {
    Dev(Box<Dev>),
    Submit(Box<Submit>),
    Status(Status),
    Inspect(Inspect),
    Explain(Explain),
    List(ListTasks),
    Failed(Failed),
    Dead(Dead),
    Cancel(Cancel),
    Resubmit(Resubmit),
    Retry(Retry),
    Run(RunNow),
    Stats(Stats),
    Queues(Queues),
    Pause(Pause),
    Resume(Resume),
    Purge(Purge),
    Roles(Roles),
    Workers(Workers),
    Types(Types),
    Heartbeat(Heartbeat),
    Progress(Progress),
    Completions(Completions),
}

/// The program `jobbers`.
pub fn main() -> ExitCode {
    if let Some(code) = jobbers_worker::guard::main_if_asked() {
        return code;
    }
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
        Command::Inspect(inspect) => wait_for(inspect.run()),
        Command::Explain(explain) => wait_for(explain.run()),
        Command::List(list) => wait_for(list.run()),
        Command::Failed(failed) => wait_for(failed.run()),
        Command::Dead(dead) => wait_for(dead.run()),
        Command::Cancel(cancel) => wait_for(cancel.run()),
        Command::Resubmit(resubmit) => wait_for(resubmit.run()),
        Command::Retry(retry) => wait_for(retry.run()),
        Command::Run(run) => wait_for(run.run()),
        Command::Stats(stats) => wait_for(stats.run()),
        Command::Workers(workers) => wait_for(workers.run()),
        Command::Types(types) => wait_for(types.run()),
        Command::Heartbeat(heartbeat) => heartbeat.run(),
        Command::Progress(progress) => progress.run(),
        Command::Completions(completions) => completions.run(Jobbers::command()),
        Command::Queues(queues) => wait_for(queues.run()),
        Command::Pause(pause) => wait_for(pause.run()),
        Command::Resume(resume) => wait_for(resume.run()),
        Command::Purge(purge) => wait_for(purge.run()),
        Command::Roles(roles) => wait_for(roles.run()),
    }
}

/// What a shell says of a program that was ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

fn wait_for(call: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Failed(format!("it cannot start: {error}")))?;
    runtime.block_on(async {
        // Progress bars clean up after themselves when the call is dropped.
        tokio::select! {
            done = call => done,
            Ok(()) = tokio::signal::ctrl_c() => Err(Failure::Silent(INTERRUPTED)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Jobbers::command().debug_assert();
    }
}
