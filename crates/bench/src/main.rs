use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    match jobbers_bench::Command::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        // Causes belong to the message; where in the code it came from does not.
        Err(error) => {
            eprintln!("jobbers_bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
