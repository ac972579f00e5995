use jobbers_client::{Attempt, Listing};

use super::failed::table;
use super::failure::Failure;
use super::filter::FilterArgs;
use super::list::Paging;
use super::manager::ManagerArgs;
use super::out::{self, Cell, Column, Look, Table, Tint, moment};

/// Lists the dead letter queue: permanently failed tasks that are kept, newest first
///
/// Tasks whose type says dead_letter = "save" come here when their retries are used up, and any that takes its workers
/// down again and again. `jobbers inspect ID` shows all attempts of one, `jobbers retry` runs them again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers dead --queue mails
  jobbers dead 01JBKR2E5F3G4H5J6K7X8M9N0P       how its attempts ended
  jobbers dead --name resize --ids | jobbers retry -")]
pub(crate) struct Dead {
    /// The id of one: how its attempts ended
    #[arg(value_name = "ID", conflicts_with_all = ["queue", "name", "task_version", "since", "until", "limit", "all", "cursor", "ids"])]
    id: Option<String>,

    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    paging: Paging,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Dead {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let Some(id) = self.id else {
            let filter = self.filter.filter(None);
            return self.paging.print(&self.manager, Listing::DeadLetters, filter, table).await;
        };
        let history = self.manager.client()?.dead_letter_history(&id).await?;
        if self.manager.json {
            return out::print_line(&history.json);
        }
        let look = Look::of_stdout();
        out::print(&attempts(&history.history, &look).render(&look))
    }
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
