use jobbers_client::Status;

use super::failure::Failure;
use super::filter::FilterArgs;
use super::manager::ManagerArgs;
use super::many::{Many, Step};
use super::{ids, show};

/// Runs failed tasks and dead letters again
///
/// Their history stays, and attempt numbers go on; they have all their retries again. A dead letter leaves the dead
/// letter queue.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers retry 01JBKR2E5F3G4H5J6K7X8M9N0P
  jobbers retry --queue mails --since 1h --dry-run     what would run again
  jobbers retry --name resize
  jobbers retry --all")]
pub(crate) struct Retry {
    /// The tasks' ids, or - to read them from standard input
    #[arg(value_name = "ID", conflicts_with_all = ["queue", "name", "task_version", "since", "until", "all", "limit"])]
    ids: Vec<String>,

    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    filter: FilterArgs,

    /// Every task that has failed
    #[arg(long, help_heading = "Filter")]
    all: bool,

    /// So many tasks of the filter at the most
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Filter")]
    limit: Option<u32>,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Retry {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let client = self.manager.client()?;
        let many = Many { client: &client, step: Step::Resubmit, dry_run: self.dry_run, json: self.manager.json };
        if self.ids.is_empty() {
            if self.filter.is_empty() && !self.all {
                let which = "which tasks? Name their ids, or a filter such as --queue or --name, or --all";
                return Err(Failure::Usage(which.to_owned()));
            }
            return many.filters(&[self.filter.filter(Some(Status::Failed))], self.limit).await;
        }
        let ids = ids::read(self.ids, std::io::stdin())?;
        if let ([id], false) = (&ids[..], self.dry_run) {
            return show::print(&client.resubmit(id).await?, self.manager.json);
        }
        many.ids(&ids).await
    }
}
