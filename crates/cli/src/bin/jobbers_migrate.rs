//! `jobbers_migrate`: creates or upgrades the SQL tables.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_cli::migrate_main()
}
