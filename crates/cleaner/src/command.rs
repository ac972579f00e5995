//! The command line of the cleaner.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use jobbers_core::process::{Connector, LogFormat, LogSettings, Shutdown, StartError, StoreSettings, Stores};

use crate::service::serve;
use crate::{Chore, Cleaned, CleanerSettings, End, Summary, chores, clean};

const DONE: u8 = 0;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;
const AT_ONCE: u8 = 130;

/// How long a clean-up waits for a store that is away.
const PATIENCE: Duration = Duration::from_secs(5);

/// Marks started tasks that give no sign of progress as stalled, and removes what is old. Run it by cron or a timer, or
/// let it run on with --interval.
///
/// Without flags it judges only tasks whose type has a max_heartbeat_interval, and removes nothing. It ends with a summary
/// on standard output: a list, or one JSON object if LOG_FORMAT is json (unset: a list on a terminal, else JSON). It may run beside any load, and any number of
/// times at once.
#[derive(Debug, Parser)]
#[command(name = "jobbers_cleaner", version)]
#[command(after_help = "Examples, as lines of a crontab:
  */5 * * * * jobbers_cleaner --stale-time 300
  0 3 * * *   jobbers_cleaner --completed-task-age 86400 --dlq-age 2592000

Exit codes:
  0    done, or stopped in good order
  1    failed while running, or the store was away for 5 s (with --interval it is waited for)
  2    wrong usage or configuration
  130  ended at once, by a second signal")]
struct Cleaner {
    #[command(flatten)]
    cleaner: CleanerSettings,
    #[command(flatten, next_help_heading = "Store")]
    store: StoreSettings,
    #[command(flatten, next_help_heading = "Log")]
    log: LogSettings,
}

/// The `main` of the cleaner.
pub fn main() -> ExitCode {
    let Cleaner { cleaner, store, log } = Cleaner::parse();
    let ready = chores(&cleaner).and_then(|chores| log.init().map(|()| chores));
    let chores = match ready {
        Ok(chores) => chores,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(MISUSED);
        }
    };
    let cleaning = Cleaning { chores, settings: cleaner, format: log.format_on(&std::io::stdout()) };
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(cleaning.launch(store));
            runtime.shutdown_background();
            ExitCode::from(code)
        }
        Err(error) => {
            tracing::error!(event = "start", %error, "the cleaner cannot start its runtime");
            ExitCode::from(FAILED)
        }
    }
}

struct Cleaning {
    chores: Vec<Chore>,
    settings: CleanerSettings,
    /// Of the summary.
    format: LogFormat,
}

impl Cleaning {
    async fn launch(&self, store: StoreSettings) -> u8 {
        let shutdown = match Shutdown::on_signals() {
            Ok(shutdown) => shutdown,
            Err(error) => {
                tracing::error!(event = "start", %error, "the cleaner cannot listen for signals");
                return FAILED;
            }
        };
        let connector = Connector::new(store);
        tokio::select! {
            code = self.run(&connector, &shutdown) => code,
            // Whatever was sent to the store is a whole step.
            () = shutdown.immediate.cancelled() => AT_ONCE,
        }
    }

    async fn run(&self, connector: &Connector, shutdown: &Shutdown) -> u8 {
        match self.connect(connector, shutdown).await {
            Ok(stores) => match self.settings.interval {
                Some(interval) => self.again_and_again(&stores, interval, shutdown).await,
                None => self.once(&stores, shutdown).await,
            },
            Err(StartError::Stopped) => DONE,
            Err(error) => {
                tracing::error!(event = "start", %error, "the cleaner cannot start");
                if error.is_configuration() { MISUSED } else { FAILED }
            }
        }
    }

    async fn connect(&self, connector: &Connector, shutdown: &Shutdown) -> Result<Stores, StartError> {
        if self.settings.interval.is_some() {
            return connector.connect_patiently(shutdown).await;
        }
        tokio::select! {
            stores = connector.connect_within(PATIENCE) => stores,
            () = shutdown.graceful.cancelled() => Err(StartError::Stopped),
        }
    }

    async fn once(&self, stores: &Stores, shutdown: &Shutdown) -> u8 {
        let Cleaned { summary, end } =
            clean(&stores.tasks, &self.chores, self.settings.dry_run, &shutdown.graceful).await;
        self.report(&summary);
        match end {
            End::Done => DONE,
            End::Interrupted => {
                tracing::warn!(event = "interrupted", "not everything was looked at; the next run does the rest");
                DONE
            }
            End::Failed(error) => {
                tracing::error!(event = "failed", %error, "cleaning failed in the middle; the next run does the rest");
                FAILED
            }
        }
    }

    async fn again_and_again(&self, stores: &Stores, interval: Duration, shutdown: &Shutdown) -> u8 {
        let report = |summary: &Summary| self.report(summary);
        match serve(&stores.tasks, &self.chores, self.settings.dry_run, interval, shutdown, report).await {
            Ok(()) => DONE,
            Err(error) => {
                tracing::error!(event = "failed", %error, "the cleaner cannot go on");
                MISUSED
            }
        }
    }

    /// Nobody may be there to read it.
    fn report(&self, summary: &Summary) {
        let text = match self.format {
            LogFormat::Text => summary.to_string(),
            LogFormat::Json => serde_json::to_string(summary).unwrap_or_default(),
        };
        drop(writeln!(std::io::stdout(), "{text}"));
    }
}
