//! What a command that runs as a task says to its worker.

use std::fs::OpenOptions;
use std::io::Write as _;

use crate::failure::Failure;

/// Where a worker tells its commands which file descriptor it listens to.
const VARIABLE: &str = "JOBBERS_FD";

/// Says, from a command that runs as a task, that it makes progress
///
/// As `echo heartbeat >&3` does. It works in the command and in all that it starts.
#[derive(Debug, clap::Args)]
pub(crate) struct Heartbeat {}

/// Says, from a command that runs as a task, how far it is
///
/// As `echo progress 40 copying >&3` does; it is a heartbeat as well. `jobbers status ID --follow` shows it.
#[derive(Debug, clap::Args)]
pub(crate) struct Progress {
    /// From 0 to 100
    #[arg(value_parser = percent)]
    percent: f64,
    /// What it is doing
    #[arg(trailing_var_arg = true)]
    message: Vec<String>,
}

impl Heartbeat {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        say("heartbeat\n")
    }
}

impl Progress {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        // One line is one sign.
        let message = self.message.join(" ").replace(['\n', '\r'], " ");
        let line = format!("progress {} {message}", self.percent);
        say(&format!("{}\n", line.trim_end()))
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim_end_matches('%').parse().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or_else(|| "a number from 0 to 100".to_owned())
}

fn say(line: &str) -> Result<(), Failure> {
    let outside = || Failure::Usage("this is for commands that run as tasks: no worker listens here".to_owned());
    let descriptor: u32 = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).ok_or_else(outside)?;
    let file = OpenOptions::new().write(true).open(format!("/dev/fd/{descriptor}"));
    let mut file = file.map_err(|error| {
        let hint = "a shell passes it on unless it was closed or redirected";
        Failure::Failed(format!(
            "the worker cannot be told: file descriptor {descriptor} ({VARIABLE}): {error}; {hint}"
        ))
    })?;
    // In one write, so that lines of several processes do not mix.
    file.write_all(line.as_bytes()).map_err(|error| Failure::Failed(format!("the worker cannot be told: {error}")))
}
