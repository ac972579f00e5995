//! `jobbers_scheduler`.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_scheduler::main()
}
