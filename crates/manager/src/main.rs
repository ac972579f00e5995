//! `jobbers_manager [TASK_MODULE]`

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_manager::main()
}
