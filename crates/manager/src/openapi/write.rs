use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Writes the OpenAPI 3.1 document of the REST API.
#[derive(Debug, Parser)]
#[command(name = "jobbers_openapi", version)]
struct Command {
    /// Where to write it; `-` is standard output
    #[arg(default_value = "openapi.json")]
    path: PathBuf,
}

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;

/// The program `jobbers_openapi`. Exit codes: 0 done, 1 failed while writing, 2 wrong usage.
pub fn main() -> ExitCode {
    let Command { path } = match Command::try_parse() {
        Ok(command) => command,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USAGE));
        }
    };
    let written = if path.as_os_str() == "-" {
        use std::io::Write as _;
        std::io::stdout().write_all(super::text().as_bytes())
    } else {
        std::fs::write(&path, super::text())
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jobbers_openapi: cannot write {}: {error}", path.display());
            ExitCode::from(FAILED)
        }
    }
}
