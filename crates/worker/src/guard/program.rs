//! The guard is the worker's own executable, started with a word that no user gives.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use super::launch::Limits;
use super::{limited, server};

pub(super) const GUARD: &str = "__guard";
pub(super) const LIMITED: &str = "__limited";

/// The program of the running process, also if its file was replaced since.
pub(super) fn own_program() -> std::io::Result<OsString> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe().map(Into::into) }
}

/// A process that limits itself and then becomes the program that is named behind.
pub(super) fn limited_command(limits: &Limits, program: &OsString) -> std::io::Result<Command> {
    let mut command = Command::new(own_program()?);
    command.arg(LIMITED).arg(serde_json::to_string(limits)?).arg(program);
    Ok(command)
}

/// If this process was started to be a guard, or to become a limited process: that, to its end. The first line of the `main` of
/// every program that runs a worker, before it starts any thread.
pub fn main_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next()?;
    if first == GUARD {
        let mark = arguments.next()?;
        return Some(server::main(&mark));
    }
    (first == LIMITED).then(|| limited::main(arguments))
}
