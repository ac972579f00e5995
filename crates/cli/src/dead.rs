mod errors;
mod remove;

use jobbers_client::{Attempt, Listing};

use super::failed::table;
use super::failure::Failure;
use super::filter::FilterArgs;
use super::list::Paging;
use super::manager::ManagerArgs;
use super::out::{self, Cell, Column, Look, Table, Tint, moment};
use remove::Removal;

/// Lists the dead letter queue: permanently failed tasks that are kept, newest first
///
/// Tasks whose type says dead_letter = "save" come here when their retries are used up, and any that takes its workers
/// down again and again. `jobbers inspect ID` shows all attempts of one, `jobbers retry` runs them again; with --remove
/// they are failed tasks like any other.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers dead --queue mails
  jobbers dead --errors                         what they failed of, the most frequent first
  jobbers dead 01JBKR2E5F3G4H5J6K7X8M9N0P       how its attempts ended
  jobbers dead --name resize --ids | jobbers retry -
  jobbers dead --remove 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers dead --remove --name resize --until 7d --dry-run")]
pub(crate) struct Dead {
    /// The id of one: how its attempts ended. With --remove the ids of those that are meant, or - to read them from
    /// standard input
    #[arg(value_name = "ID", conflicts_with_all = ["queue", "name", "task_version", "since", "until", "limit", "all", "cursor", "ids_only"])]
    ids: Vec<String>,

    /// Groups them by errors that are alike: messages that differ only in words with digits, or in what is quoted
    #[arg(long, conflicts_with_all = ["ids", "since", "until", "all", "cursor", "ids_only"])]
    errors: bool,

    /// Takes them out of the dead letter queue: these ids, or those that the filter lets through
    #[arg(long, conflicts_with_all = ["errors", "cursor", "ids_only"])]
    remove: bool,

    /// Only tell what would be removed
    #[arg(long, requires = "remove")]
    dry_run: bool,

    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    paging: Paging,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Dead {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        if self.errors {
            return errors::print(&self.manager, &self.filter, self.paging.limit).await;
        }
        if self.remove {
            return self.remove().await;
        }
        match &self.ids[..] {
            [] => {
                let filter = self.filter.filter(None);
                self.paging.print(&self.manager, Listing::DeadLetters, filter, table).await
            }
            [id] => history(&self.manager, id).await,
            _ => Err(Failure::Usage("the attempts of one are shown at a time: name one id".to_owned())),
        }
    }

    async fn remove(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        let removal = Removal { client: &client, dry_run: self.dry_run, json: self.manager.json };
        if !self.ids.is_empty() {
            let ids = super::ids::read(self.ids, std::io::stdin())?;
            return removal.ids(&ids).await;
        }
        if self.filter.is_empty() && !self.paging.all {
            let which = "which dead letters? Name their ids, or a filter such as --queue or --name, or --all";
            return Err(Failure::Usage(which.to_owned()));
        }
        removal.filter(self.filter.filter(None), self.paging.limit).await
    }
}

async fn history(manager: &ManagerArgs, id: &str) -> Result<(), Failure> {
    let history = manager.client()?.dead_letter_history(id).await?;
    if manager.json {
        return out::print_line(&history.json);
    }
    let look = Look::of_stdout();
    out::print(&attempts(&history.history, &look).render(&look))
}

fn attempts(history: &[Attempt], look: &Look) -> Table {
    let mut table = Table::new([
        Column::Number("ATTEMPT"),
        Column::Whole("STARTED"),
        Column::Whole("ENDED"),
        Column::Whole("WORKER"),
        Column::Cut("ERROR"),
    ]);
    for attempt in history {
        table.row([
            Cell::from(attempt.attempt),
            Cell::from(moment(attempt.started_at.as_deref(), look)),
            Cell::from(moment(attempt.failed_at.as_deref(), look)),
            Cell::from(attempt.worker.as_deref().unwrap_or_default()),
            Cell::tinted(&attempt.error, Tint::Bad),
        ]);
    }
    table
}
