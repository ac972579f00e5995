use jobbers_client::Listing;

use super::failed::table;
use super::failure::Failure;
use super::filter::FilterArgs;
use super::list::Paging;
use super::manager::ManagerArgs;

/// Lists the dead letter queue: permanently failed tasks that are kept, newest first
///
/// Tasks whose type says dead_letter = "save" come here when their retries are used up, and any that takes its workers
/// down again and again. `jobbers inspect ID` shows all attempts of one, `jobbers retry` runs them again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers dead --queue mails
  jobbers dead --name resize --ids | jobbers retry -")]
pub(crate) struct Dead {
    #[command(flatten)]
    filter: FilterArgs,

    #[command(flatten)]
    paging: Paging,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Dead {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        self.paging.print(&self.manager, Listing::DeadLetters, self.filter.filter(None), table).await
    }
}
