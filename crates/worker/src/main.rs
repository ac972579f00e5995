//! `jobbers_worker`: the stock worker.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobbers_worker::stock_main()
}
