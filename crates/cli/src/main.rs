//! `jobbers`: the operator's and the developer's tool.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_cli::main()
}
