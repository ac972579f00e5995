use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use rlimit::Resource;

use super::Limits;

/// What a shell says of a program that it cannot start.
const CANNOT_START: u8 = 126;

/// Limits this process and becomes the program: the arguments are the limits (JSON), the program, and its arguments.
pub(super) fn main(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let error = match become_program(&mut arguments) {
        Ok(never) => match never {},
        Err(error) => error,
    };
    eprintln!("the command cannot be started with its limits: {error}");
    ExitCode::from(CANNOT_START)
}

fn become_program(arguments: &mut impl Iterator<Item = OsString>) -> std::io::Result<std::convert::Infallible> {
    let missing = || std::io::Error::other("too few arguments");
    let limits = arguments.next().ok_or_else(missing)?;
    let program = arguments.next().ok_or_else(missing)?;
    let limits: Limits = serde_json::from_str(&limits.to_string_lossy())?;
    if let Some(by) = limits.nice {
        rustix::process::nice(by)?;
    }
    if let Some(seconds) = limits.cpu_seconds {
        rlimit::setrlimit(Resource::CPU, seconds, seconds.saturating_add(1))?;
    }
    if let Some(bytes) = limits.memory {
        rlimit::setrlimit(Resource::AS, bytes, bytes)?;
    }
    Err(Command::new(program).args(arguments).exec())
}
