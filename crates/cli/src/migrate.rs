use std::process::ExitCode;

use clap::Parser;
use jobbers_core::process::{LogSettings, SqlUrl, StoreSettings};
use jobbers_core::routing::{Routing, RoutingError};
use tokio::runtime::Builder;

use super::failure::Failure;

/// Creates or upgrades the tables of queues and roles, where SQL_PATH says. May be repeated.
///
/// Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.
#[derive(Debug, Parser)]
#[command(name = "jobbers_migrate", version)]
struct Migrate {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    log: LogSettings,
}

/// The program `jobbers_migrate`.
pub fn main() -> ExitCode {
    match run(&Migrate::parse()) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(failure) => failure.report("jobbers_migrate"),
    }
}

fn run(Migrate { store, log }: &Migrate) -> Result<String, Failure> {
    log.init().map_err(Failure::Usage)?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Failed(format!("it cannot start: {error}")))?;
    runtime.block_on(migrate(&store.sql_path))
}

async fn migrate(url: &SqlUrl) -> Result<String, Failure> {
    match Routing::migrate(url).await {
        Ok(applied) if applied.is_empty() => Ok(format!("{url} is up to date, nothing to do")),
        Ok(applied) => Ok(format!("{url} is up to date: applied {}", applied.join(", "))),
        Err(error @ RoutingError::Unavailable { .. }) => Err(Failure::Failed(error.to_string())),
        Err(error @ RoutingError::Unusable { .. }) => Err(Failure::Usage(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_says_what_it_did() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = SqlUrl::Sqlite(folder.path().join("jobbers.db"));
        let first = migrate(&url).await.expect("migrated");
        assert!(first.contains("is up to date: applied 0001 tasks, 0002 routing, 0003 lists, 0004 upkeep"), "{first}");
        assert!(first.ends_with("0006 routing changes"), "{first}");
        let second = migrate(&url).await.expect("migrated");
        assert!(second.ends_with("is up to date, nothing to do"), "{second}");
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_is_wrong_configuration() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = SqlUrl::Sqlite(folder.path().join("missing/jobbers.db"));
        assert!(matches!(migrate(&url).await, Err(Failure::Usage(text)) if text.contains("create it")));
    }
}
