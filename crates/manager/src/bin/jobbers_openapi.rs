//! `jobbers_openapi [PATH]`

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_manager::write_openapi()
}
