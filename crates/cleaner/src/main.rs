//! `jobbers_cleaner`.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_cleaner::main()
}
